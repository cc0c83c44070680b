package org.sluice.controller.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.body.EntityReader;
import org.sluice.model.Problem;

/**
 * Finds the route of a path. Segments are decoded one by one, after the path was taken apart, so that an encoded slash stays
 * part of its segment. Immutable once filled; thread-safe then.
 */
final class Router {
    /** A route, and what stood where its pattern has names. */
    record Match(Route route, Map<String, String> parameters) {
        /** What stood where the pattern has that name. */
        String parameter(String name) {
            @Nullable String value = parameters.get(name);
            if (value == null) {
                throw new IllegalStateException("the pattern " + route.pattern() + " has no {" + name + "}");
            }
            return value;
        }
    }

    private static final class Node {
        private final Map<String, Node> literals = new HashMap<>();
        private @Nullable Node parameter;
        private final Map<String, Route> methods = new TreeMap<>();
    }

    private final Node root = new Node();

    Router(List<Route> routes) {
        for (Route route : routes) {
            Node node = root;
            for (String segment : segments(route.pattern())) {
                node = isParameter(segment)
                        ? parameterOf(node)
                        : node.literals.computeIfAbsent(segment, _ -> new Node());
            }
            if (node.methods.putIfAbsent(route.method(), route) != null) {
                throw new IllegalStateException("two routes answer " + route.method() + " " + route.pattern());
            }
        }
    }

    /**
     * The route for a request.
     *
     * @param path below the family's mount, as it came
     * @throws org.sluice.model.ProblemException 404 when no route has the path, 405 when none of those has the method, 400 when
     *     the path is not properly encoded or has a NUL in it
     */
    Match match(String method, String path) {
        List<String> segments = segments(path);
        List<String> values = new ArrayList<>();
        Node node = find(root, segments, 0, values)
                .or(() -> {
                    // One slash too many at the end is forgiven.
                    values.clear();
                    return path.endsWith("/") && segments.size() > 1
                            ? find(root, segments.subList(0, segments.size() - 1), 0, values)
                            : Optional.empty();
                })
                .orElseThrow(() -> Problem.of(Problem.Kind.NOT_FOUND, "NotFound", "The resource could not be found.")
                        .asException());
        @Nullable Route route = node.methods.get(method);
        if (route == null && method.equals("HEAD")) {
            route = node.methods.get("GET");
        }
        if (route == null) {
            String allowed = String.join(", ", node.methods.keySet());
            throw Problem.of(
                            Problem.Kind.METHOD_NOT_ALLOWED,
                            "MethodNotAllowed",
                            "The method " + method + " is not allowed for this resource; it takes " + allowed + ".")
                    .asException();
        }
        return new Match(route, named(route, values));
    }

    /** The methods that a path takes, for the header that a 405 must have (RFC 9110, section 15.5.6). */
    String allowed(String path) {
        return find(root, segments(path), 0, new ArrayList<>())
                .map(node -> String.join(", ", node.methods.keySet()))
                .orElse("");
    }

    private static Map<String, String> named(Route route, List<String> values) {
        Map<String, String> parameters = new HashMap<>();
        int next = 0;
        for (String segment : segments(route.pattern())) {
            if (isParameter(segment)) {
                parameters.put(segment.substring(1, segment.length() - 1), values.get(next++));
            }
        }
        return parameters;
    }

    private static Optional<Node> find(Node node, List<String> segments, int next, List<String> values) {
        if (next == segments.size()) {
            return node.methods.isEmpty() ? Optional.empty() : Optional.of(node);
        }
        String segment = decoded(segments.get(next));
        @Nullable Node literal = node.literals.get(segment);
        if (literal != null) {
            Optional<Node> found = find(literal, segments, next + 1, values);
            if (found.isPresent()) {
                return found;
            }
        }
        @Nullable Node parameter = node.parameter;
        if (parameter == null || segment.isEmpty()) {
            return Optional.empty();
        }
        values.add(segment);
        Optional<Node> found = find(parameter, segments, next + 1, values);
        if (found.isEmpty()) {
            values.removeLast();
        }
        return found;
    }

    private static Node parameterOf(Node node) {
        @Nullable Node parameter = node.parameter;
        if (parameter == null) {
            parameter = new Node();
            node.parameter = parameter;
        }
        return parameter;
    }

    private static boolean isParameter(String segment) {
        return segment.startsWith("{") && segment.endsWith("}");
    }

    /** {@code ""} has none, {@code "/"} an empty one. */
    private static List<String> segments(String path) {
        return path.isEmpty() ? List.of() : Arrays.asList(path.substring(1).split("/", -1));
    }

    private static String decoded(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        String text;
        try {
            text = URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw Problem.of(Problem.Kind.BAD_REQUEST, "BadRequest", "The path has a % without two hexadecimal digits.")
                    .asException();
        }
        if (!Percent.isUtf8(segment)) {
            throw Problem.of(Problem.Kind.BAD_REQUEST, "BadRequest", "The path must be UTF-8, percent-encoded.")
                    .asException();
        }
        if (!EntityReader.isStorable(text)) {
            throw Problem.of(Problem.Kind.BAD_REQUEST, "BadRequest", "The path has a NUL character in it.")
                    .asException();
        }
        return text;
    }
}
