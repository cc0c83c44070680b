package org.sluice.controller.identity.region;

import java.util.List;
import java.util.Map;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.identity.wire.FixedRows;
import org.sluice.controller.identity.wire.IdentityProblems;
import org.sluice.controller.store.Transactions;

/** {@code /v3/regions}, of which there is one (Identity API reference, "Regions"). Thread-safe. */
public final class RegionRoutes implements ResourceRoutes {
    private final FixedRows<Region> regions;

    public RegionRoutes(Transactions transactions) {
        this.regions = new FixedRows<>(transactions, List.of(Region.ONE), Region::id, Map.of());
    }

    @Override
    public void routes(Routes routes) {
        routes.list("/v3/regions", RegionRules.LIST, RegionWire.LIST, regions);
        routes.get("/v3/regions/{id}", RegionRules.GET, this::show);
    }

    private Reply show(Exchange exchange) {
        String id = exchange.path("id");
        return RegionWire.VIEW.ok(
                regions.find(id).orElseThrow(() -> IdentityProblems.notFound("region", id)), exchange);
    }
}
