package org.sluice.controller.compute.server;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ServerId;

/** {@code /servers}: finding, changing and deleting them (Compute API reference, "Servers"). Thread-safe. */
public final class ServerRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final WholeServers whole;
    private final ServerDeletion deletion;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final ServerStore store = new ServerStore();

    /**
     * Wires them.
     *
     * @param whole reads what is shown of servers
     * @param deletion has servers go
     * @param clock time of changes
     */
    public ServerRoutes(Transactions transactions, WholeServers whole, ServerDeletion deletion, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.whole = requireNonNull(whole, "whole is null");
        this.deletion = requireNonNull(deletion, "deletion is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        String root = Links.VERSION_PATH + "/servers";
        routes.list(root, ServerRules.INDEX, ServerWire.LIST, source(ServerRules.INDEX_ALL, false));
        routes.list(root + "/detail", ServerRules.DETAIL, ServerWire.DETAIL, source(ServerRules.DETAIL_ALL, true));
        routes.get(root + "/{id}", ServerRules.SHOW, this::show);
        routes.put(root + "/{id}", ServerRules.UPDATE, this::update);
        routes.delete(root + "/{id}", ServerRules.DELETE, this::delete);
        routes.rules(ServerRules.asked());
    }

    private Source<Whole> source(Rule all, boolean detailed) {
        return Source.byId(
                (exchange, window) -> {
                    ServerFilters.requireKnownStatus(exchange);
                    ServerFilters.Scope scope = ServerFilters.scope(exchange, all);
                    RowCondition seen = exchange.rows(scope.rule());
                    Map<String, String> patterns = ServerFilters.patterns(exchange);
                    return transactions.run(handle -> {
                        List<Server> servers =
                                store.list(handle, scope.project(), seen, patterns, window, detail(exchange, detailed));
                        return detailed ? whole.of(handle, servers) : brief(servers);
                    });
                },
                (exchange, id) -> {
                    Rule rule = ServerFilters.scope(exchange, all).rule();
                    return transactions
                            .autocommit(handle -> store.find(handle, new ServerId(id)))
                            .filter(server -> exchange.may(rule, ServerRules.target(server)))
                            .map(server -> new Whole(server, List.of(), clock.instant()));
                });
    }

    private static ServerStore.Detail detail(Exchange exchange, boolean detailed) {
        if (!detailed) {
            return ServerStore.Detail.BRIEF;
        }
        return ServerWire.showsUserData(exchange) ? ServerStore.Detail.WITH_USER_DATA : ServerStore.Detail.WHOLE;
    }

    private List<Whole> brief(List<Server> servers) {
        Instant now = clock.instant();
        return servers.stream().map(server -> new Whole(server, List.of(), now)).toList();
    }

    private Reply show(Exchange exchange) {
        Whole shown = transactions.autocommit(handle -> whole.of(handle, lookup.find(handle, exchange)));
        return ServerWire.SHOWN.ok(shown, exchange);
    }

    private Reply update(Exchange exchange) {
        ServerWire.Change change = ServerWire.readChange(exchange);
        Whole shown = transactions.run(handle -> {
            Server old = lookup.findForUpdate(handle, exchange);
            store.describe(
                    handle,
                    old.id(),
                    change.name().orElse(old.name()),
                    change.hostname().orElse(old.hostname()),
                    change.changesDescription() ? change.description().orElse(null) : old.description(),
                    change.diskConfig().orElse(old.diskConfig()),
                    clock.instant());
            old.host().ifPresent(host -> Hosts.changed(handle, host.id(), old.id()));
            return whole.of(handle, lookup.find(handle, exchange));
        });
        return ServerWire.UPDATED.ok(shown, exchange);
    }

    private Reply delete(Exchange exchange) {
        deletion.request(exchange);
        return Reply.empty(204);
    }
}
