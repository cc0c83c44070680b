package org.sluice.controller.http.reference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Route;
import org.sluice.controller.http.list.PageStyle;

/** A family's routes as an OpenAPI 3.1 document (OpenAPI Specification 3.1.0). Stateless. */
public final class OpenApi {
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");

    private OpenApi() {}

    /**
     * Writes the document as maps and lists that Jackson can write.
     *
     * @param title the family's name
     * @param routes its routes
     */
    public static Map<String, Object> of(String title, ApiFamily family, List<Route> routes) {
        Map<String, Map<String, Object>> paths = new TreeMap<>();
        for (Route route : routes) {
            paths.computeIfAbsent(family.mount() + route.pattern(), _ -> new TreeMap<>())
                    .put(route.method().toLowerCase(Locale.ROOT), operation(route, family.pageStyle()));
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put("info", Map.of("title", title, "version", family.version()));
        document.put("paths", paths);
        document.put(
                "components",
                Map.of(
                        "securitySchemes",
                        Map.of("token", Map.of("type", "apiKey", "in", "header", "name", "X-Auth-Token"))));
        return document;
    }

    private static Map<String, Object> operation(Route route, PageStyle pages) {
        Map<String, Object> operation = new LinkedHashMap<>();
        List<Object> parameters = new ArrayList<>();
        Matcher matcher = PARAMETER.matcher(route.pattern());
        while (matcher.find()) {
            parameters.add(Map.of(
                    "name", matcher.group(1), "in", "path", "required", true, "schema", Map.of("type", "string")));
        }
        route.parameterNames(pages)
                .forEach(name -> parameters.add(
                        Map.of("name", name, "in", "query", "required", false, "schema", Map.of("type", "string"))));
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        switch (route.access()) {
            case Route.Access.Open _ -> operation.put("security", List.of());
            case Route.Access.Ruled ruled -> {
                operation.put("summary", ruled.rule().sentence());
                operation.put("security", List.of(Map.of("token", List.of())));
                operation.put("x-rule", ruled.rule().name());
            }
            case Route.Access.ByAction _ -> {
                operation.put("security", List.of(Map.of("token", List.of())));
                Map<String, Object> actions = new TreeMap<>();
                route.actions().forEach(action -> actions.put(action.name(), action(action)));
                operation.put("x-actions", actions);
            }
            // The agents' API is in no document: it has no title.
            case Route.Access.Certified _ -> throw new IllegalStateException("a document has a route of agents");
        }
        if (!route.versions().equals(Route.Versions.ALL)) {
            operation.put("x-microversions", versions(route.versions()));
        }
        if (!route.offered()) {
            operation.put("x-offered", false);
        }
        if (!route.limit().isStreamed() && takesEntity(route)) {
            operation.put("x-largest-entity", route.limit().bytes());
        }
        operation.put(
                "responses", Map.of("default", Map.of("description", "The reply, or a fault in the family's form.")));
        return operation;
    }

    private static Map<String, Object> action(Route.Action action) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("x-rule", action.rule().name());
        described.put("x-offered", action.offered());
        if (!action.versions().equals(Route.Versions.ALL)) {
            described.put("x-microversions", versions(action.versions()));
        }
        return described;
    }

    static boolean takesEntity(Route route) {
        return switch (route.method()) {
            case "POST", "PUT", "PATCH" -> true;
            default -> false;
        };
    }

    static String versions(Route.Versions versions) {
        if (versions.equals(Route.Versions.ALL)) {
            return "";
        }
        String since = versions.since() == 0 ? "" : "2." + versions.since();
        String until = versions.until() == Integer.MAX_VALUE ? "" : "2." + versions.until();
        return since + " to " + until;
    }
}
