package org.sluice.controller.network.availability;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.store.Transactions;

/** {@code /network-ip-availabilities} (Networking API reference, "Network IP availability"). Thread-safe. */
public final class AvailabilityRoutes implements ResourceRoutes {
    private static final String ROOT = "/v2.0/network-ip-availabilities";
    private static final List<Integer> BOTH = List.of(4, 6);

    private final Transactions transactions;
    private final AvailabilityStore store = new AvailabilityStore();

    public AvailabilityRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.list(ROOT, AvailabilityRules.GET, AvailabilityWire.LIST, source());
        routes.get(ROOT + "/{id}", AvailabilityRules.GET, this::show).asks("fields");
    }

    private Source<Availability> source() {
        return Source.of(
                (exchange, window) -> {
                    List<Integer> versions = versions(exchange);
                    RowCondition seen = exchange.rows();
                    return transactions.run(handle -> store.list(handle, seen, versions, window));
                },
                this::find);
    }

    private static List<Integer> versions(Exchange exchange) {
        List<String> asked = exchange.queryAll(AvailabilityWire.VERSION);
        if (asked.isEmpty()) {
            return BOTH;
        }
        for (String version : asked) {
            if (!version.equals("4") && !version.equals("6")) {
                throw exchange.wording().badFilter(AvailabilityWire.VERSION, version, "4 or 6");
            }
        }
        return asked.stream().map(Integer::valueOf).toList();
    }

    private Reply show(Exchange exchange) {
        String id = exchange.path("id");
        return AvailabilityWire.VIEW.ok(
                find(exchange, id).orElseThrow(() -> NetworkProblems.networkNotFound(id)), exchange);
    }

    private Optional<Availability> find(Exchange exchange, String network) {
        RowCondition seen = exchange.rows();
        return Ids.parse(network).flatMap(id -> transactions.autocommit(handle -> store.find(handle, seen, BOTH, id)));
    }
}
