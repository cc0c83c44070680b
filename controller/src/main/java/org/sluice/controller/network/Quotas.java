package org.sluice.controller.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.policy.Caller;

/** Quotas as they are: Sluice limits nothing, so each is -1 and none can be set to anything else. Stateless. */
final class Quotas {
    private static final int UNLIMITED = -1;
    private static final List<String> NAMES =
            List.of("network", "subnet", "port", "security_group", "security_group_rule");

    void register(Routes routes) {
        routes.get("/v2.0/quotas", exchange -> {
                    requireAdmin(exchange.caller(), "get_quota");
                    return Reply.ok(Map.of("quotas", List.of()));
                })
                .get("/v2.0/quotas/{project}", Quotas::show)
                .get("/v2.0/quotas/{project}/default", Quotas::show)
                .put("/v2.0/quotas/{project}", Quotas::update)
                .delete("/v2.0/quotas/{project}", exchange -> {
                    requireAdmin(exchange.caller(), "delete_quota");
                    return Reply.empty(204);
                });
    }

    private static Reply show(Exchange exchange) {
        String project = exchange.path("project");
        // The older client asks which project it speaks for.
        if (project.equals("tenant") || project.equals("project")) {
            String own = exchange.caller().projectId();
            return Reply.ok(Map.of(project, Map.of(project + "_id", own)));
        }
        if (!project.equals(exchange.caller().projectId())) {
            requireAdmin(exchange.caller(), "get_quota");
        }
        return Reply.ok(Map.of("quota", unlimited()));
    }

    private static Reply update(Exchange exchange) {
        requireAdmin(exchange.caller(), "update_quota");
        Input input = new Input(
                exchange.bodyObject("quota"),
                Set.copyOf(NAMES),
                Set.of("subnetpool", "router", "floatingip", "rbac_policy", "trunk"),
                "POST");
        for (String name : NAMES) {
            input.integer(name).ifPresent(limit -> {
                if (limit != UNLIMITED) {
                    throw NetworkProblems.badField(
                            name,
                            "Sluice does not enforce quotas, so only -1 (unlimited) can be set, not '" + limit + "'");
                }
            });
        }
        return Reply.ok(Map.of("quota", unlimited()));
    }

    private static Map<String, Integer> unlimited() {
        Map<String, Integer> quota = new LinkedHashMap<>();
        NAMES.forEach(name -> quota.put(name, UNLIMITED));
        return quota;
    }

    private static void requireAdmin(Caller caller, String rule) {
        if (!caller.isAdmin()) {
            throw NetworkProblems.disallowed(rule);
        }
    }
}
