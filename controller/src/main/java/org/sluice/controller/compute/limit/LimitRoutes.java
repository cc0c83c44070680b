package org.sluice.controller.compute.limit;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.policy.Target;
import org.sluice.controller.store.Transactions;

/** {@code /limits} and {@code /os-quota-sets} (Compute API reference, "Limits", "Quota sets"). Thread-safe. */
public final class LimitRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final UseStore store = new UseStore();

    public LimitRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        String quotas = Links.VERSION_PATH + "/os-quota-sets/{project}";
        routes.get(Links.VERSION_PATH + "/limits", LimitRules.LIMITS, this::limits)
                .asks("tenant_id");
        routes.get(quotas, LimitRules.SHOW, LimitRoutes::quotas);
        routes.get(quotas + "/defaults", LimitRules.DEFAULTS, LimitRoutes::defaults);
        routes.get(quotas + "/detail", LimitRules.DETAIL, this::detail);
        routes.put(quotas, LimitRules.UPDATE, LimitRoutes::update).refused();
        routes.rules(List.of(LimitRules.OTHER_PROJECT));
    }

    private Reply limits(Exchange exchange) {
        String own = exchange.caller().projectId();
        String project = exchange.query("tenant_id").orElse(own);
        if (!project.equals(own)) {
            exchange.require(LimitRules.OTHER_PROJECT);
        }
        return LimitWire.LIMITS.ok(transactions.run(handle -> store.of(handle, project)), exchange);
    }

    private static Reply quotas(Exchange exchange) {
        String project = exchange.path("project");
        exchange.require(Target.ofProject(project));
        return LimitWire.QUOTA_SET.ok(project, exchange);
    }

    private static Reply defaults(Exchange exchange) {
        return LimitWire.QUOTA_SET.ok(exchange.path("project"), exchange);
    }

    private Reply detail(Exchange exchange) {
        String project = exchange.path("project");
        exchange.require(Target.ofProject(project));
        return LimitWire.QUOTA_DETAIL.ok(transactions.run(handle -> store.of(handle, project)), exchange);
    }

    private static Reply update(Exchange exchange) {
        throw Problems.notOffered("Quotas of project " + exchange.path("project")
                + " cannot be set; every project may use what is free.");
    }
}
