package org.sluice.controller.network.quota;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.policy.Target;

/**
 * {@code /quotas} (Networking API reference, "Quotas extension"): Sluice limits nothing, so each is -1 and none can be set to
 * anything else. Stateless.
 */
public final class QuotaRoutes implements ResourceRoutes {
    private static final String ROOT = "/v2.0/quotas";
    private static final int UNLIMITED = -1;
    private static final List<String> NAMES =
            List.of("network", "subnet", "port", "security_group", "security_group_rule");

    @Override
    public void routes(Routes routes) {
        routes.get(ROOT, QuotaRules.GET, QuotaRoutes::list);
        routes.get(ROOT + "/{project}", QuotaRules.GET, QuotaRoutes::show);
        routes.get(ROOT + "/{project}/default", QuotaRules.GET, QuotaRoutes::show);
        routes.put(ROOT + "/{project}", QuotaRules.UPDATE, QuotaRoutes::update);
        routes.delete(ROOT + "/{project}", QuotaRules.DELETE, exchange -> Reply.empty(204));
    }

    /** Those that are not as they are for everybody: none, whoever asks. */
    private static Reply list(Exchange exchange) {
        return Reply.ok(Map.of("quotas", List.of()));
    }

    private static Reply show(Exchange exchange) {
        String project = exchange.path("project");
        // The older client asks which project it speaks for.
        if (project.equals("tenant") || project.equals("project")) {
            return Reply.ok(
                    Map.of(project, Map.of(project + "_id", exchange.caller().projectId())));
        }
        exchange.require(Target.ofProject(project));
        return Reply.ok(Map.of("quota", unlimited()));
    }

    private static Reply update(Exchange exchange) {
        Fields fields = exchange.body("quota").onlyKnows(Set.copyOf(NAMES));
        for (String name : NAMES) {
            fields.optionalInteger(name, Integer.MIN_VALUE, Integer.MAX_VALUE).ifPresent(limit -> {
                if (limit != UNLIMITED) {
                    throw fields.refused(
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
}
