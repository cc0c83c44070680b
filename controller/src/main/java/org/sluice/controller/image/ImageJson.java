package org.sluice.controller.image;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.http.Json;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of the Image API, version 2.15. */
final class ImageJson {
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
    /** As many as Glance takes by default (image_property_quota, image_tag_quota). */
    private static final int MOST_PROPERTIES = 128;

    private static final int MOST_TAGS = 128;
    /** Characters of all names and values together, so that a list of images stays one that fits into memory. */
    private static final int LONGEST_PROPERTIES = 65_536;

    private ImageJson() {}

    static ObjectNode image(ImageRecord image) {
        ObjectNode json = editable(image);
        Optional<ImageContent> content = image.content();
        content.ifPresentOrElse(
                known -> json.put("size", known.size())
                        .put("virtual_size", known.virtualSize())
                        .put("checksum", known.md5())
                        .put("os_hash_algo", "sha512")
                        .put("os_hash_value", known.sha512()),
                () -> json.putNull("size")
                        .putNull("virtual_size")
                        .putNull("checksum")
                        .putNull("os_hash_algo")
                        .putNull("os_hash_value"));
        String self = "/v2/images/" + image.id();
        json.put("status", image.status().apiName())
                .put("created_at", time(image.createdAt()))
                .put("updated_at", time(image.updatedAt()))
                .put("self", self)
                .put("file", self + "/file")
                .put("schema", "/v2/schemas/image");
        if (content.isPresent()) {
            json.put("stores", "database");
        }
        return json;
    }

    /** The part of an image that a client may change; what {@link #metadata} reads back. */
    static ObjectNode editable(ImageRecord image) {
        ImageMetadata metadata = image.metadata();
        ObjectNode json = Json.MAPPER.createObjectNode();
        metadata.properties().forEach(json::put);
        json.put("name", metadata.name().orElse(null))
                .put(
                        "disk_format",
                        metadata.diskFormat().map(DiskFormat::apiName).orElse(null))
                .put("container_format", metadata.containerFormat().orElse(null))
                .put("visibility", metadata.visibility().apiName())
                .put("protected", metadata.isProtected())
                .put("min_ram", metadata.minRam())
                .put("min_disk", metadata.minDisk())
                .put("owner", image.projectId())
                .put("os_hidden", metadata.hidden())
                .put("id", image.id().toString());
        metadata.tags().forEach(json.putArray("tags")::add);
        return json;
    }

    /**
     * Reads what a client says about an image.
     *
     * @throws ProblemException 400 naming the attribute that is wrong, 403 for one that only the cloud sets
     */
    static ImageMetadata metadata(ObjectNode json) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> attribute : json.properties()) {
            if (isReadOnly(attribute.getKey())) {
                throw readOnly(attribute.getKey());
            }
            if (!isBase(attribute.getKey())) {
                properties.put(attribute.getKey(), property(attribute.getKey(), attribute.getValue()));
            }
        }
        requireFew(properties);
        return new ImageMetadata(
                text(json, "name"),
                text(json, "visibility")
                        .map(name -> Visibility.of(name)
                                .orElseThrow(() -> invalid(
                                        "visibility", "it must be one of public, private, shared and community")))
                        .orElse(Visibility.SHARED),
                flag(json, "protected"),
                flag(json, "os_hidden"),
                text(json, "disk_format")
                        .map(name -> DiskFormat.of(name)
                                .orElseThrow(() -> invalid(
                                        "disk_format",
                                        "'" + name + "' is not supported; this cloud takes raw and qcow2"))),
                text(json, "container_format").map(name -> {
                    if (!name.equals("bare")) {
                        throw invalid("container_format", "'" + name + "' is not supported; this cloud takes bare");
                    }
                    return name;
                }),
                count(json, "min_disk"),
                count(json, "min_ram"),
                tags(json),
                properties);
    }

    private static void requireFew(Map<String, String> properties) {
        if (properties.size() > MOST_PROPERTIES) {
            throw Problem.of(
                            Problem.Kind.TOO_LARGE,
                            "TooManyProperties",
                            "The limit has been exceeded on the number of allowed image properties. Attempted: "
                                    + properties.size() + ", Maximum: " + MOST_PROPERTIES + ".")
                    .asException();
        }
        long characters = 0;
        for (Map.Entry<String, String> property : properties.entrySet()) {
            String name = property.getKey();
            if (name.isEmpty() || name.length() > LONGEST || name.indexOf('\0') >= 0) {
                throw invalid(
                        name.length() > LONGEST ? name.substring(0, LONGEST) : name.replace("\0", ""),
                        "the name of a property must have 1 to " + LONGEST + " characters, and none of them NUL");
            }
            characters += name.length() + property.getValue().length();
        }
        if (characters > LONGEST_PROPERTIES) {
            throw Problem.of(
                            Problem.Kind.TOO_LARGE,
                            "PropertiesTooLarge",
                            "The properties of the image have " + characters + " characters; together they must have at"
                                    + " most " + LONGEST_PROPERTIES + ".")
                    .asException();
        }
    }

    static boolean isReadOnly(String attribute) {
        return READ_ONLY.contains(attribute);
    }

    /** Whether every image has that attribute, so that it can be changed but not removed. */
    static boolean isBase(String attribute) {
        return EDITABLE.contains(attribute) || isReadOnly(attribute);
    }

    static Optional<String> text(ObjectNode json, String attribute) {
        JsonNode value = json.get(attribute);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        return Optional.of(property(attribute, value));
    }

    static String tag(String tag) {
        if (tag.isEmpty() || tag.length() > LONGEST || tag.indexOf('\0') >= 0) {
            throw invalid("tags", "a tag must have 1 to " + LONGEST + " characters, and none of them NUL");
        }
        return tag;
    }

    /** Refuses one tag too many. */
    static List<String> fewTags(List<String> tags) {
        if (tags.stream().distinct().count() > MOST_TAGS) {
            throw tooManyTags(tags.size());
        }
        return tags;
    }

    private static ProblemException tooManyTags(int attempted) {
        return Problem.of(
                        Problem.Kind.TOO_LARGE,
                        "TooManyTags",
                        "The limit has been exceeded on the number of allowed image tags. Attempted: " + attempted
                                + ", Maximum: " + MOST_TAGS + ".")
                .asException();
    }

    static ProblemException readOnly(String attribute) {
        return Problem.of(Problem.Kind.FORBIDDEN, "ReadOnly", "Attribute '" + attribute + "' is read-only.")
                .asException();
    }

    static ProblemException invalid(String attribute, String why) {
        return Problem.of(
                        Problem.Kind.BAD_REQUEST,
                        "InvalidValue",
                        "Provided object does not match schema 'image': the value of '" + attribute + "' is wrong: "
                                + why + ".")
                .asException();
    }

    private static String property(String attribute, JsonNode value) {
        if (!value.isString()) {
            throw invalid(attribute, "it must be a text");
        }
        String text = value.asString();
        if (text.indexOf('\0') >= 0) {
            throw invalid(attribute, "it must not contain the character NUL");
        }
        // Of the attributes that every image has, none is longer; properties may be.
        if (isBase(attribute) && text.length() > LONGEST) {
            throw invalid(attribute, "it must have at most " + LONGEST + " characters");
        }
        return text;
    }

    private static boolean flag(ObjectNode json, String attribute) {
        JsonNode value = json.get(attribute);
        if (value == null) {
            return false;
        }
        if (!value.isBoolean()) {
            throw invalid(attribute, "it must be true or false");
        }
        return value.asBoolean();
    }

    private static int count(ObjectNode json, String attribute) {
        JsonNode value = json.get(attribute);
        if (value == null) {
            return 0;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 0) {
            throw invalid(attribute, "it must be a whole number from 0 to " + Integer.MAX_VALUE);
        }
        return value.asInt();
    }

    private static List<String> tags(ObjectNode json) {
        JsonNode value = json.get("tags");
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw invalid("tags", "it must be a list");
        }
        if (value.size() > MOST_TAGS) {
            throw tooManyTags(value.size());
        }
        return value.valueStream().map(item -> tag(property("tags", item))).toList();
    }

    private static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
