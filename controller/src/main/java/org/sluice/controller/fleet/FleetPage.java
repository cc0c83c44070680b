package org.sluice.controller.fleet;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sluice.controller.http.Exchange;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/**
 * Which page of a list of {@code /sluice/v1} is asked for: {@code limit} rows after the one that {@code marker} names. A reply
 * that is not the last has the member {@code next}, the path of the one that follows it.
 *
 * @param path the list, with all parameters of the query but marker
 * @param after key of the row before the page, its parts joined by slashes; empty for the first page
 * @param limit how many rows the page may have
 */
record FleetPage(String path, String after, int limit) {
    private static final int LARGEST = 1_000;

    /** A row, and the key that it is sorted by. */
    record Row(String key, JsonNode json) {}

    static FleetPage of(Exchange exchange) {
        StringBuilder path = new StringBuilder(exchange.requestPath());
        char separator = '?';
        for (String name : exchange.queryNames()) {
            if (!name.equals("marker")) {
                path.append(separator).append(encoded(name)).append('=');
                path.append(encoded(exchange.query(name).orElse("")));
                separator = '&';
            }
        }
        String after = exchange.query("marker").orElse("");
        if (after.indexOf('\0') >= 0) {
            throw bad("Query parameter 'marker' must not contain the character NUL.")
                    .asException();
        }
        return new FleetPage(
                path.toString(),
                after,
                exchange.query("limit").map(FleetPage::limit).orElse(LARGEST));
    }

    /** The marker's parts as {@code after}, or {@code after1} and so on when there are more; the last of more is a number. */
    Map<String, Object> arguments(int parts) {
        if (parts == 1) {
            return Map.of("after", after);
        }
        String[] given = after.isEmpty() ? new String[0] : after.split("/", parts);
        Map<String, Object> arguments = new HashMap<>();
        for (int part = 1; part <= parts; part++) {
            arguments.put("after" + part, part <= given.length ? given[part - 1] : part == parts ? "-1" : "");
        }
        if ((given.length != 0 && given.length != parts)
                || !arguments.get("after" + parts).toString().matches("-1|\\d{1,9}")) {
            throw bad("Query parameter 'marker' must be as the member 'next' of the page before has it.")
                    .asException();
        }
        return arguments;
    }

    /** The reply's entity; {@code rows} has one more than fits when another page follows. */
    Map<String, Object> body(String member, List<Row> rows) {
        List<Row> shown = rows.subList(0, Math.min(limit, rows.size()));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(member, shown.stream().map(Row::json).toList());
        if (rows.size() > limit) {
            body.put(
                    "next",
                    path + (path.indexOf('?') < 0 ? "?" : "&") + "marker="
                            + encoded(shown.getLast().key()));
        }
        return body;
    }

    private static int limit(String text) {
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1) {
                return Math.min(limit, LARGEST);
            }
        } catch (NumberFormatException cause) {
            throw new ProblemException(badLimit(), cause);
        }
        throw badLimit().asException();
    }

    private static Problem badLimit() {
        return bad("Query parameter 'limit' must be a whole number, 1 or more.");
    }

    private static Problem bad(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "BadQuery", sentence);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
