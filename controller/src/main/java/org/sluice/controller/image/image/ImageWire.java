package org.sluice.controller.image.image;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.model.ImageId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** The JSON of images, version 2.15 of the Image API. */
public final class ImageWire {
    /** Attributes that only the cloud sets. */
    private static final Set<String> READ_ONLY = Set.of(
            "created_at",
            "updated_at",
            "status",
            "checksum",
            "os_hash_algo",
            "os_hash_value",
            "size",
            "virtual_size",
            "self",
            "file",
            "schema",
            "stores",
            "direct_url",
            "locations");
    /** Attributes that every image has; whatever else it has is a property. */
    private static final Set<String> EDITABLE = Set.of(
            "id",
            "owner",
            "name",
            "visibility",
            "protected",
            "os_hidden",
            "disk_format",
            "container_format",
            "min_disk",
            "min_ram",
            "tags");

    private static final int LONGEST = 255;
    /** As many as Glance takes by default (image_tag_quota). */
    private static final int MOST_TAGS = 128;

    /** As {@code limit_param_default} and {@code api_limit_max} of Glance. */
    private static final int USUAL_PAGE = 25;

    private static final int LARGEST_PAGE = 1_000;
    /** Of the largest images a batch is 4 MiB of properties. */
    private static final int BATCH = 50;

    static final View<ImageRecord> VIEW = View.<ImageRecord>of("image", "images")
            .others(ImageWire::others)
            .member("name", ImageRecord::name)
            .member("disk_format", image -> image.diskFormat().map(DiskFormat::apiName))
            .member("container_format", image -> image.metadata().containerFormat())
            .member("visibility", image -> image.metadata().visibility().apiName())
            .member("size", image -> image.content().map(ImageContent::size))
            .member("virtual_size", image -> image.content().map(ImageContent::virtualSize))
            .member("status", image -> image.status().apiName())
            .member("checksum", image -> image.content().map(ImageContent::md5))
            .member("protected", image -> image.metadata().isProtected())
            .member("min_ram", image -> image.metadata().minRam())
            .member("min_disk", image -> image.metadata().minDisk())
            .member("owner", ImageRecord::projectId)
            .member("os_hidden", image -> image.metadata().hidden())
            .member("os_hash_algo", image -> image.content().map(_ -> "sha512"))
            .member("os_hash_value", image -> image.content().map(ImageContent::sha512))
            .member("id", image -> image.id().value())
            .member("created_at", image -> time(image.createdAt()))
            .member("updated_at", image -> time(image.updatedAt()))
            .member("tags", image -> image.metadata().tags())
            .member("self", ImageWire::path)
            .member("file", image -> path(image) + "/file")
            .member("schema", _ -> "/v2/schemas/image")
            .build();

    static final ListQuery<ImageRecord> LIST = ListQuery.of(VIEW)
            .filter("id", (values, terms) -> Filter.uuid("id").condition(listed(values), terms))
            .filter("name", text("coalesce(name, '')"))
            .filter("owner", text("project_id"))
            .filter("status", text("status"))
            .filter("disk_format", text("coalesce(disk_format, '')"))
            .filter("container_format", text("coalesce(container_format, '')"))
            .filter("checksum", text("coalesce(checksum, '')"))
            .filter("os_hash_value", text("coalesce(os_hash_value, '')"))
            .filter("os_hash_algo", text("case when os_hash_value is null then '' else 'sha512' end"))
            .filter("size", number("size", "="))
            .filter("size_min", number("size", ">="))
            .filter("size_max", number("size", "<="))
            .filter("virtual_size", number("virtual_size", "="))
            .filter("min_disk", number("min_disk", "="))
            .filter("min_ram", number("min_ram", "="))
            .filter("protected", Filter.truth("protected"))
            .filter("os_hidden", Filter.truth("os_hidden"))
            .filter("visibility", ImageWire::visibility)
            .filter("tag", (values, terms) -> "tags @> " + terms.array(String.class, values))
            .filter("created_at", time("created_at"))
            .filter("updated_at", time("updated_at"))
            // Images have no members, so of no image is the caller one in any state.
            .filter("member_status", ImageWire::memberStatus)
            .others(ImageWire::property)
            .sort("name", "coalesce(name, '')", image -> image.name().orElse(""))
            .sort("status", "status", image -> image.status().apiName())
            .sort(
                    "disk_format",
                    "coalesce(disk_format, '')",
                    image -> image.diskFormat().map(DiskFormat::apiName).orElse(""))
            .sort(
                    "container_format",
                    "coalesce(container_format, '')",
                    image -> image.metadata().containerFormat().orElse(""))
            .sort(
                    "size",
                    "coalesce(size, 0)",
                    image -> image.content().map(ImageContent::size).orElse(0L))
            .sort("created_at", "created_at", ImageRecord::createdAt)
            .sort("updated_at", "updated_at", ImageRecord::updatedAt)
            .unique("id", "id", image -> image.id().value(), image -> image.id().toString())
            .usually("created_at", false)
            .pages(USUAL_PAGE, LARGEST_PAGE)
            .batch(BATCH)
            .largeRows()
            .build();

    private ImageWire() {}

    /**
     * What a client says about an image.
     *
     * @param id if it chooses one
     * @param owner if it names one
     */
    record Wanted(Optional<ImageId> id, Optional<String> owner, ImageMetadata metadata) {}

    /**
     * Reads what a client says about an image.
     *
     * @throws ProblemException 400 naming the attribute that is wrong, 403 for one that only the cloud sets, 413 for too many
     */
    static Wanted read(Fields fields) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String name : fields.names()) {
            if (READ_ONLY.contains(name)) {
                throw ImageRules.readOnly(name);
            }
            if (!EDITABLE.contains(name)) {
                properties.put(propertyName(fields, name), fields.text(name, 0, Integer.MAX_VALUE));
            }
        }
        ImageProperties.requireFew(properties);
        return new Wanted(
                fields.optionalId("id").map(ImageId::new),
                fields.optionalText("owner", 0, LONGEST),
                new ImageMetadata(
                        fields.optionalText("name", 0, LONGEST),
                        fields.oneOf("visibility", names(Visibility.values(), Visibility::apiName))
                                .flatMap(Visibility::of)
                                .orElse(Visibility.SHARED),
                        flag(fields, "protected"),
                        flag(fields, "os_hidden"),
                        fields.oneOf("disk_format", names(DiskFormat.values(), DiskFormat::apiName))
                                .flatMap(DiskFormat::of),
                        fields.oneOf("container_format", List.of("bare")),
                        count(fields, "min_disk"),
                        count(fields, "min_ram"),
                        tags(fields),
                        properties));
    }

    private static <E> List<String> names(E[] values, Function<E, String> name) {
        return Arrays.stream(values).map(name).toList();
    }

    private static String propertyName(Fields fields, String name) {
        if (name.isEmpty() || name.length() > LONGEST) {
            throw fields.refused(name, "must have a name of 1 to " + LONGEST + " characters");
        }
        return name;
    }

    /** Glance's schema takes no other spelling of these. */
    private static boolean flag(Fields fields, String name) {
        if (!fields.has(name)) {
            return false;
        }
        if (!fields.required(name).isBoolean()) {
            throw fields.refused(name, "must be true or false");
        }
        return fields.truth(name);
    }

    private static int count(Fields fields, String name) {
        return fields.has(name) ? fields.integer(name, 0, Integer.MAX_VALUE) : 0;
    }

    private static List<String> tags(Fields fields) {
        return fewTags(fields.texts("tags", Integer.MAX_VALUE, 1, LONGEST));
    }

    /** A tag in a path; 400 when it is too short or too long. */
    public static String tag(String tag) {
        if (tag.isEmpty() || tag.length() > LONGEST || tag.indexOf('\0') >= 0) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "InvalidValue",
                            "A tag must have 1 to " + LONGEST + " characters, and none of them NUL.")
                    .asException();
        }
        return tag;
    }

    /** Refuses one tag too many. */
    public static List<String> fewTags(List<String> tags) {
        if (tags.stream().distinct().count() > MOST_TAGS) {
            throw ImageProperties.tooMany("TooManyTags", "tags", tags.size(), MOST_TAGS);
        }
        return tags;
    }

    /** Whether every image has an attribute of that name, which so is no property's. */
    static boolean isAttribute(String name) {
        return READ_ONLY.contains(name) || EDITABLE.contains(name);
    }

    /** Whether only the cloud sets that attribute, or nobody after the image was made. */
    static boolean isFixed(String attribute) {
        return READ_ONLY.contains(attribute) || attribute.equals("id");
    }

    /** Whether every image has that attribute, so that it can be changed but not removed. */
    static boolean isBase(String attribute) {
        return EDITABLE.contains(attribute) || READ_ONLY.contains(attribute);
    }

    /** Where it is, as the Image API gives it: below the mount. */
    static String path(ImageRecord image) {
        return "/v2/images/" + image.id();
    }

    private static Map<String, String> others(ImageRecord image) {
        Map<String, String> others = new TreeMap<>(image.properties());
        image.content().ifPresent(_ -> others.put("stores", "database"));
        return others;
    }

    private static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Text that is compared as a whole, or with a list of them as {@code in:one,other}. */
    private static Filter text(String column) {
        return (values, terms) -> Filter.text(column).condition(listed(values), terms);
    }

    private static Filter number(String column, String comparison) {
        return (values, terms) -> String.join(
                " and ",
                values.stream()
                        .map(value -> {
                            long number = Filter.whole(value, terms);
                            if (number < 0) {
                                throw terms.bad(value, "a whole number of at least 0");
                            }
                            return column + " " + comparison + " " + terms.value(number);
                        })
                        .toList());
    }

    private static String visibility(List<String> values, Filter.Terms terms) {
        if (values.contains("all")) {
            return "true";
        }
        for (String value : values) {
            if (Visibility.of(value).isEmpty()) {
                throw terms.bad(value, "one of public, private, shared, community and all");
            }
        }
        return Filter.text("visibility").condition(values, terms);
    }

    private static String memberStatus(List<String> values, Filter.Terms terms) {
        for (String value : values) {
            if (!Set.of("accepted", "pending", "rejected", "all").contains(value)) {
                throw terms.bad(value, "one of accepted, pending, rejected and all");
            }
        }
        return "true";
    }

    /** {@code gt:2014-12-09T00:00:00Z}; without an operator it is equality. Times are whole seconds, as they are shown. */
    private static Filter time(String column) {
        return (values, terms) -> String.join(
                " and ",
                values.stream().map(value -> time(column, value, terms)).toList());
    }

    private static String time(String column, String value, Filter.Terms terms) {
        int colon = value.indexOf(':');
        String word = colon < 0 ? "" : value.substring(0, colon);
        boolean hasOperator = !word.isEmpty() && word.chars().allMatch(Character::isLetter);
        String comparison = switch (hasOperator ? word : "eq") {
            case "gt" -> ">";
            case "gte" -> ">=";
            case "lt" -> "<";
            case "lte" -> "<=";
            case "eq" -> "=";
            case "neq" -> "<>";
            default -> throw terms.bad(value, "a time, alone or after gt:, gte:, lt:, lte:, eq: or neq:");
        };
        return Filter.time("date_trunc('second', " + column + ")", comparison)
                .condition(List.of(hasOperator ? value.substring(colon + 1) : value), terms);
    }

    private static Filter property(String name) {
        return (values, terms) ->
                "properties ->> " + terms.value(name) + " = any(" + terms.array(String.class, values) + ")";
    }

    /** The values, and those of each {@code in:one,"with, a comma"}. */
    private static List<String> listed(List<String> values) {
        return values.stream().flatMap(value -> listed(value).stream()).toList();
    }

    private static List<String> listed(String value) {
        if (!value.startsWith("in:")) {
            return List.of(value);
        }
        List<String> values = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        boolean quoted = false;
        for (char character : value.substring(3).toCharArray()) {
            if (character == '"') {
                quoted = !quoted;
            } else if (character == ',' && !quoted) {
                values.add(current.toString());
                current.setLength(0);
            } else {
                current.append(character);
            }
        }
        values.add(current.toString());
        return values;
    }
}
