package org.sluice.controller.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.reference.OpenApi;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.policy.Rule;

/** The routes of several families that one listener serves. Immutable and thread-safe. */
public final class RouteTable {
    /** One family with its routes. */
    record Mounted(ApiFamily family, List<Route> routes, List<Rule> rules, Router router) {}

    private final Map<String, Mounted> mounts = new LinkedHashMap<>();

    private RouteTable() {}

    /** Collects the routes of families, each of which has a mount of its own. */
    public static RouteTable of(List<ApiFamily> families) {
        RouteTable table = new RouteTable();
        for (ApiFamily family : families) {
            Routes routes = new Routes();
            family.routes(routes);
            family.title()
                    .ifPresent(title ->
                            routes.open("GET", "/openapi.json", exchange -> Reply.ok(table.openApi(family, title))));
            List<Route> all = routes.all();
            if (table.mounts.putIfAbsent(family.mount(), new Mounted(family, all, routes.rules(), new Router(all)))
                    != null) {
                throw new IllegalStateException("two families are mounted at " + family.mount());
            }
        }
        return table;
    }

    /** The families, in the order in which they were given. */
    public List<ApiFamily> families() {
        return mounts.values().stream().map(Mounted::family).toList();
    }

    /** The routes of one of them. */
    public List<Route> routes(ApiFamily family) {
        @Nullable Mounted mounted = mounts.get(family.mount());
        if (mounted == null) {
            throw new IllegalArgumentException("no family is mounted at " + family.mount());
        }
        return mounted.routes();
    }

    private Map<String, Object> openApi(ApiFamily family, String title) {
        return OpenApi.of(title, family, routes(family));
    }

    /** Every rule that a route, an action, a view, a list or a handler asks for. */
    public List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (Mounted mounted : mounts.values()) {
            for (Route route : mounted.routes()) {
                if (route.access() instanceof Route.Access.Ruled ruled) {
                    rules.add(ruled.rule());
                }
                route.actions().forEach(action -> rules.add(action.rule()));
                route.list().ifPresent(list -> {
                    rules.addAll(list.rules());
                    rules.addAll(list.view().rules());
                });
            }
            rules.addAll(mounted.rules());
        }
        return rules.stream().distinct().toList();
    }

    /** These rules with their defaults. */
    public Policy policy() {
        return Policy.of(rules());
    }

    /** The family whose mount is the longest that a path begins with. */
    Optional<Mounted> find(String path) {
        Optional<Mounted> found = Optional.empty();
        int longest = -1;
        for (Map.Entry<String, Mounted> entry : mounts.entrySet()) {
            String mount = entry.getKey();
            boolean below =
                    path.startsWith(mount) && (path.length() == mount.length() || path.charAt(mount.length()) == '/');
            if (below && mount.length() > longest) {
                longest = mount.length();
                found = Optional.of(entry.getValue());
            }
        }
        return found;
    }
}
