package org.sluice.controller.image;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.sluice.controller.http.Ids;
import org.sluice.controller.policy.Caller;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * A list request as SQL: which images it asks for, in which order, and where the page begins. The database does all of it, so
 * that a list costs what is on its page and not what is in the cloud. Immutable.
 */
final class ImageListing {
    private static final int USUAL_LIMIT = 25;
    private static final int LARGEST_LIMIT = 1_000;

    /** What lists can be sorted by, as an expression that is never null. */
    private static final Map<String, String> KEYS = Map.of(
            "id", "id",
            "name", "coalesce(name, '')",
            "status", "status",
            "disk_format", "coalesce(disk_format, '')",
            "container_format", "coalesce(container_format, '')",
            "size", "coalesce(size, 0)",
            "created_at", "created_at",
            "updated_at", "updated_at");

    /** Texts that are compared as a whole, or with a list of them as {@code in:one,other}. */
    private static final Map<String, String> TEXTS = Map.of(
            "name", "coalesce(name, '')",
            "owner", "project_id",
            "status", "status",
            "disk_format", "coalesce(disk_format, '')",
            "container_format", "coalesce(container_format, '')",
            "checksum", "coalesce(checksum, '')",
            "os_hash_value", "coalesce(os_hash_value, '')",
            "os_hash_algo", "case when os_hash_value is null then '' else 'sha512' end");

    private static final Map<String, String> NUMBERS = Map.of(
            "size_min", "size >= ",
            "size_max", "size <= ",
            "size", "size = ",
            "virtual_size", "virtual_size = ",
            "min_disk", "min_disk = ",
            "min_ram", "min_ram = ");

    private static final Map<String, String> OPERATORS =
            Map.of("gt", ">", "gte", ">=", "lt", "<", "lte", "<=", "eq", "=", "neq", "<>");

    private static final List<String> MEMBER_STATUSES = List.of("accepted", "pending", "rejected", "all");

    private final Map<String, List<String>> parameters;
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> arguments = new HashMap<>();
    private final Map<String, String> order;
    private final Optional<UUID> marker;
    private final int limit;

    /**
     * Reads a request.
     *
     * @param parameters the query, all values of each parameter
     * @throws ProblemException 400 naming the parameter that is wrong
     */
    ImageListing(Map<String, List<String>> parameters, Caller caller) {
        this.parameters = parameters;
        parameters.forEach((name, values) -> {
            if ((name + String.join("", values)).indexOf('\0') >= 0) {
                throw invalid(name.replace("\0", ""), "must not contain the character NUL");
            }
        });
        this.conditions.add(visible(caller));
        this.conditions.add("os_hidden = "
                + first("os_hidden").map(value -> flag("os_hidden", value)).orElse(false));
        parameters.forEach((name, values) -> filter(name, values).ifPresent(conditions::add));
        this.order = order();
        this.marker = first("marker").map(text -> Ids.parse(text).orElseThrow(() -> unknownMarker()));
        this.limit = (int)
                Math.min(first("limit").map(value -> number("limit", value)).orElse((long) USUAL_LIMIT), LARGEST_LIMIT);
    }

    /** The conditions that an image of this list meets, those of its page included. */
    String where() {
        List<String> all = new ArrayList<>(conditions);
        if (marker.isPresent()) {
            all.add(afterMarker());
        }
        return all.stream().map(condition -> "(" + condition + ")").collect(Collectors.joining(" and "));
    }

    /** What the list is sorted by. */
    String orderBy() {
        return order.entrySet().stream()
                .map(key -> KEYS.get(key.getKey()) + " " + key.getValue())
                .collect(Collectors.joining(", "));
    }

    /** What the conditions refer to by name; {@code marker} among them if there is one. */
    Map<String, Object> arguments() {
        return Map.copyOf(arguments);
    }

    /** The last image of the page before. */
    Optional<UUID> marker() {
        return marker;
    }

    /** The condition under which the caller has the marker's image in lists; its arguments are those of the listing. */
    String visible() {
        return conditions.getFirst();
    }

    /** How many images the page may have; 0 to 1000. */
    int limit() {
        return limit;
    }

    /** The query of this page without its marker: that of the first page. */
    String firstQuery() {
        return encoded(parameters.entrySet().stream()
                .filter(parameter -> !parameter.getKey().equals("marker"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** The query of the page that begins after that image. */
    String queryAfter(ImageRecord last) {
        Map<String, List<String>> next = new HashMap<>(parameters);
        next.put("marker", List.of(last.id().toString()));
        return encoded(next);
    }

    static ProblemException unknownMarker() {
        return invalid("marker", "names no image of this list");
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

    private String visible(Caller caller) {
        if (caller.isAdmin()) {
            return "true";
        }
        boolean community = first("visibility")
                .filter(value -> value.equals("community") || value.equals("all"))
                .isPresent();
        return "project_id = " + argument(caller.projectId()) + " or visibility = 'public'"
                + (community ? " or visibility = 'community'" : "");
    }

    private Optional<String> filter(String name, List<String> values) {
        String value = values.getFirst();
        return switch (name) {
            case "limit", "marker", "sort", "sort_key", "sort_dir", "os_hidden" -> Optional.empty();
            case "member_status" -> {
                // Images have no members, so of no image is the caller one in any state.
                if (!MEMBER_STATUSES.contains(value)) {
                    throw invalid("member_status", "must be one of accepted, pending, rejected and all");
                }
                yield Optional.empty();
            }
            case "id" ->
                Optional.of("id = any("
                        + argument(list(value).stream()
                                .flatMap(text -> Ids.parse(text).stream())
                                .toArray(UUID[]::new))
                        + ")");
            case "visibility" -> visibility(value);
            case "protected" -> Optional.of("protected = " + flag("protected", value));
            case "tag" -> Optional.of("tags @> cast(" + argument(values.toArray(String[]::new)) + " as text[])");
            case "created_at", "updated_at" -> Optional.of(time(name, value));
            default -> Optional.of(attribute(name, value));
        };
    }

    private String attribute(String name, String value) {
        if (NUMBERS.containsKey(name)) {
            return NUMBERS.get(name) + argument(number(name, value));
        }
        if (TEXTS.containsKey(name)) {
            return TEXTS.get(name) + " = any(cast(" + argument(list(value).toArray(String[]::new)) + " as text[]))";
        }
        return "properties ->> " + argument(name) + " = " + argument(value);
    }

    private static Optional<String> visibility(String value) {
        if (value.equals("all")) {
            return Optional.empty();
        }
        Visibility wanted = Visibility.of(value)
                .orElseThrow(() -> invalid("visibility", "must be one of public, private, shared, community and all"));
        return Optional.of("visibility = '" + wanted.apiName() + "'");
    }

    /** {@code gt:2014-12-09T00:00:00Z}; without an operator it is equality. Times are whole seconds, as they are shown. */
    private String time(String name, String value) {
        int colon = value.indexOf(':');
        String word = colon < 0 ? "" : value.substring(0, colon);
        boolean hasOperator = !word.isEmpty() && word.chars().allMatch(Character::isLetter);
        String operator = OPERATORS.get(hasOperator ? word : "eq");
        if (operator == null) {
            throw invalid(name, "must begin with gt:, gte:, lt:, lte:, eq: or neq:, or with the time");
        }
        return "date_trunc('second', " + name + ") " + operator + " "
                + argument(instant(name, hasOperator ? value.substring(colon + 1) : value));
    }

    /** ISO 8601, with an offset or in UTC. */
    private static Instant instant(String name, String text) {
        String strict = text.strip().replace(' ', 'T');
        try {
            boolean hasOffset = strict.endsWith("Z") || strict.matches(".*T.*[+-]\\d\\d:?\\d\\d");
            String colon =
                    strict.replaceFirst("([+-]\\d\\d)(\\d\\d)$", strict.contains("T") && hasOffset ? "$1:$2" : "$0");
            return hasOffset
                    ? OffsetDateTime.parse(colon).toInstant()
                    : LocalDateTime.parse(strict.contains("T") ? strict : strict + "T00:00:00")
                            .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException malformed) {
            throw new ProblemException(
                    invalid(name, "must have a time such as 2014-12-09T00:00:00Z")
                            .problem(),
                    malformed);
        }
    }

    /** The value, or those of {@code in:one,"with, a comma"}. */
    private static List<String> list(String value) {
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

    private Map<String, String> order() {
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
        Map<String, String> order = new LinkedHashMap<>();
        for (int index = 0; index < keys.size(); index++) {
            if (!KEYS.containsKey(keys.get(index))) {
                throw invalid("sort_key", "cannot be '" + keys.get(index) + "'");
            }
            String direction = directions.isEmpty() ? "desc" : directions.get(Math.min(index, directions.size() - 1));
            if (!direction.equals("asc") && !direction.equals("desc")) {
                throw invalid("sort_dir", "must be asc or desc");
            }
            order.putIfAbsent(keys.get(index), direction);
        }
        // Without a last word, pages could overlap.
        order.putIfAbsent("id", "asc");
        return order;
    }

    /** Images that come after the marker: equal in the first keys, and beyond it in the next one. */
    private String afterMarker() {
        List<String> alternatives = new ArrayList<>();
        List<String> equal = new ArrayList<>();
        for (Map.Entry<String, String> key : order.entrySet()) {
            String expression = KEYS.get(key.getKey());
            String ofMarker = "(select " + expression + " from image where id = :marker)";
            List<String> all = new ArrayList<>(equal);
            all.add(expression + (key.getValue().equals("asc") ? " > " : " < ") + ofMarker);
            alternatives.add("(" + String.join(" and ", all) + ")");
            equal.add(expression + " = " + ofMarker);
        }
        return String.join(" or ", alternatives);
    }

    private String argument(Object value) {
        String name = "a" + arguments.size();
        arguments.put(name, value);
        return ":" + name;
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
