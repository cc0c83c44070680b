package org.sluice.controller.image;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.sluice.controller.http.Caller;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Which images a list request asks for, in which order, and which page of them. Pure.
 *
 * @param parameters the query, all values of each parameter
 */
record ImageQuery(Map<String, List<String>> parameters) {
    private static final int USUAL_LIMIT = 25;
    private static final int LARGEST_LIMIT = 1_000;

    private static final Map<String, Comparator<ImageRecord>> KEYS = Map.of(
            "id", Comparator.comparing(image -> image.id().toString()),
            "name", Comparator.comparing(image -> image.name().orElse("")),
            "status", Comparator.comparing(image -> image.status().apiName()),
            "disk_format",
                    Comparator.comparing(
                            image -> image.diskFormat().map(DiskFormat::apiName).orElse("")),
            "container_format",
                    Comparator.comparing(
                            image -> image.metadata().containerFormat().orElse("")),
            "size",
                    Comparator.comparing(
                            image -> image.content().map(ImageContent::size).orElse(0L)),
            "created_at", Comparator.comparing(ImageRecord::createdAt),
            "updated_at", Comparator.comparing(ImageRecord::updatedAt));

    /** One page. */
    record Page(List<ImageRecord> images, Optional<String> nextQuery) {}

    /** Filters, sorts and cuts. */
    Page page(List<ImageRecord> all, Caller caller) {
        List<ImageRecord> wanted = all.stream()
                .filter(image -> isListedFor(image, caller))
                .filter(filters())
                .sorted(order())
                .toList();
        int from = start(wanted);
        int to = Math.min(from + limit(), wanted.size());
        List<ImageRecord> images = wanted.subList(from, to);
        return new Page(
                images,
                to < wanted.size() && !images.isEmpty() ? Optional.of(queryFrom(images.getLast())) : Optional.empty());
    }

    /** The query of this page without its marker: that of the first page. */
    String firstQuery() {
        return encoded(parameters.entrySet().stream()
                .filter(parameter -> !parameter.getKey().equals("marker"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    private String queryFrom(ImageRecord last) {
        Map<String, List<String>> next = new HashMap<>(parameters);
        next.put("marker", List.of(last.id().toString()));
        return encoded(next);
    }

    private static String encoded(Map<String, List<String>> parameters) {
        return parameters.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(parameter ->
                        parameter.getValue().stream().map(value -> encoded(parameter.getKey()) + "=" + encoded(value)))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private boolean isListedFor(ImageRecord image, Caller caller) {
        if (caller.isAdmin() || image.projectId().equals(caller.projectId())) {
            return true;
        }
        return switch (image.metadata().visibility()) {
            case PUBLIC -> true;
            case COMMUNITY -> first("visibility").equals(Optional.of("community"));
            case SHARED, PRIVATE -> false;
        };
    }

    private Predicate<ImageRecord> filters() {
        Predicate<ImageRecord> all = image -> image.metadata().hidden()
                == first("os_hidden").map(value -> flag("os_hidden", value)).orElse(false);
        for (Map.Entry<String, List<String>> parameter : parameters.entrySet()) {
            String value = parameter.getValue().getFirst();
            all = all.and(
                    switch (parameter.getKey()) {
                        case "limit", "marker", "sort", "sort_key", "sort_dir", "os_hidden", "member_status" ->
                            image -> true;
                        case "name" -> equal(value, image -> image.name().orElse(""));
                        case "id" -> equal(value, image -> image.id().toString());
                        case "owner" -> equal(value, ImageRecord::projectId);
                        case "status" -> equal(value, image -> image.status().apiName());
                        case "disk_format" ->
                            equal(
                                    value,
                                    image -> image.diskFormat()
                                            .map(DiskFormat::apiName)
                                            .orElse(""));
                        case "container_format" ->
                            equal(
                                    value,
                                    image -> image.metadata().containerFormat().orElse(""));
                        case "visibility" -> visibility(value);
                        case "protected" -> {
                            boolean wanted = flag("protected", value);
                            yield image -> image.metadata().isProtected() == wanted;
                        }
                        case "tag" -> image -> image.metadata().tags().containsAll(parameter.getValue());
                        case "size_min" -> {
                            long least = number("size_min", value);
                            yield image ->
                                    image.content().map(ImageContent::size).orElse(0L) >= least;
                        }
                        case "size_max" -> {
                            long most = number("size_max", value);
                            yield image ->
                                    image.content().map(ImageContent::size).orElse(0L) <= most;
                        }
                        default -> image -> value.equals(image.properties().get(parameter.getKey()));
                    });
        }
        return all;
    }

    private static Predicate<ImageRecord> visibility(String value) {
        if (value.equals("all")) {
            return image -> true;
        }
        Visibility wanted = Visibility.of(value)
                .orElseThrow(() -> invalid("visibility", "must be one of public, private, shared, community and all"));
        return image -> image.metadata().visibility() == wanted;
    }

    /** Equality, or membership when the value is {@code in:one,other}. */
    private static Predicate<ImageRecord> equal(String value, Function<ImageRecord, String> attribute) {
        if (value.startsWith("in:")) {
            List<String> values = List.of(value.substring(3).replace("\"", "").split(","));
            return image -> values.contains(attribute.apply(image));
        }
        return image -> attribute.apply(image).equals(value);
    }

    private Comparator<ImageRecord> order() {
        List<String> keys = new ArrayList<>(parameters.getOrDefault("sort_key", List.of()));
        List<String> directions = new ArrayList<>(parameters.getOrDefault("sort_dir", List.of()));
        first("sort").ifPresent(sort -> {
            for (String part : sort.split(",")) {
                String[] keyAndDirection = part.split(":", 2);
                keys.add(keyAndDirection[0].strip());
                directions.add(keyAndDirection.length == 2 ? keyAndDirection[1].strip() : "desc");
            }
        });
        if (keys.isEmpty()) {
            keys.add("created_at");
        }
        Comparator<ImageRecord> order = (_, _) -> 0;
        for (int index = 0; index < keys.size(); index++) {
            Comparator<ImageRecord> key = KEYS.get(keys.get(index));
            if (key == null) {
                throw invalid("sort_key", "cannot be '" + keys.get(index) + "'");
            }
            String direction = directions.isEmpty() ? "desc" : directions.get(Math.min(index, directions.size() - 1));
            order = order.thenComparing(
                    switch (direction) {
                        case "asc" -> key;
                        case "desc" -> key.reversed();
                        default -> throw invalid("sort_dir", "must be asc or desc");
                    });
        }
        // Without a last word, pages could overlap.
        return order.thenComparing(image -> image.id().toString());
    }

    private int start(List<ImageRecord> wanted) {
        Optional<String> marker = first("marker");
        if (marker.isEmpty()) {
            return 0;
        }
        for (int index = 0; index < wanted.size(); index++) {
            if (wanted.get(index).id().toString().equals(marker.get())) {
                return index + 1;
            }
        }
        throw invalid("marker", "names no image of this list");
    }

    private int limit() {
        long limit = first("limit").map(value -> number("limit", value)).orElse((long) USUAL_LIMIT);
        return (int) Math.min(limit, LARGEST_LIMIT);
    }

    private Optional<String> first(String parameter) {
        return parameters.getOrDefault(parameter, List.of()).stream().findFirst();
    }

    private static boolean flag(String parameter, String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw invalid(parameter, "must be true or false");
        };
    }

    private static long number(String parameter, String value) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            throw new ProblemException(
                    invalid(parameter, "must be a whole number").problem(), notANumber);
        }
        throw invalid(parameter, "must not be negative");
    }

    private static ProblemException invalid(String parameter, String why) {
        return Problem.of(
                        Problem.Kind.BAD_REQUEST,
                        "InvalidParameter",
                        "The query parameter '" + parameter + "' " + why + ".")
                .asException();
    }
}
