package org.sluice.controller.compute.server;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ServerId;

/** {@code /servers} and all below it but tags (Compute API reference, "Servers"). Thread-safe. */
public final class ServerRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final ServerPorts ports;
    private final Scheduling scheduling;
    private final HostConsoles consoles;
    private final InstantSource clock;
    private final ServerCreation creation;
    private final ServerLookup lookup = new ServerLookup();
    private final ServerStore store = new ServerStore();

    /**
     * Wires them.
     *
     * @param images images to boot from
     * @param ports the servers' NICs
     * @param scheduling gives servers their place
     * @param consoles asks hosts for console output
     * @param clock time of creation and of changes
     * @param random reservation ids
     */
    public ServerRoutes(
            Transactions transactions,
            BootImages images,
            ServerPorts ports,
            Scheduling scheduling,
            HostConsoles consoles,
            InstantSource clock,
            RandomGenerator random) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.ports = requireNonNull(ports, "ports is null");
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
        this.consoles = requireNonNull(consoles, "consoles is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.creation = new ServerCreation(images, ports, scheduling, clock, requireNonNull(random, "random is null"));
    }

    /** The rules that its handlers ask for. */
    public static List<Rule> rules() {
        return Stream.concat(ServerRules.asked().stream(), ServerPorts.rules().stream())
                .toList();
    }

    @Override
    public void routes(Routes routes) {
        String root = Links.VERSION_PATH + "/servers";
        Source<Whole> details = source(ServerRules.DETAIL_ALL, true);
        routes.list(root, ServerRules.INDEX, ServerWire.LIST, source(ServerRules.INDEX_ALL, false));
        routes.get(
                        root + "/detail",
                        ServerRules.DETAIL,
                        exchange -> ServerWire.detail(exchange).answer(exchange, details))
                .queriedBy(ServerWire.DETAIL);
        routes.post(root, ServerRules.CREATE, this::create);
        routes.get(root + "/{id}", ServerRules.SHOW, this::show);
        routes.put(root + "/{id}", ServerRules.UPDATE, this::update);
        routes.delete(root + "/{id}", ServerRules.DELETE, this::delete);
        new ActionRoutes(transactions, lookup, this, consoles).routes(routes);
        new MetadataRoutes(transactions, lookup, clock).routes(routes);
        new InterfaceRoutes(transactions, lookup, ports, clock).routes(routes);
        new InstanceActionRoutes(transactions, lookup).routes(routes);
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
                        return detailed ? withPorts(handle, servers) : brief(servers);
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

    private List<Whole> withPorts(Handle handle, List<Server> servers) {
        Instant now = clock.instant();
        Map<ServerId, List<AttachedPort>> nics = ports
                .of(handle, servers.stream().map(Server::id).toList())
                .stream()
                .collect(Collectors.groupingBy(AttachedPort::server));
        return servers.stream()
                .map(server -> new Whole(server, nics.getOrDefault(server.id(), List.of()), now))
                .toList();
    }

    private Reply create(Exchange exchange) {
        BootRequest request = BootRequestReader.read(exchange);
        ServerCreation.Created created = create(Orderer.of(exchange), request);
        if (request.onlyReservation()) {
            return Reply.json(202, Map.of("reservation_id", created.reservationId()));
        }
        ServerId id = created.servers().getFirst();
        List<String> groups = request.securityGroups().isEmpty() ? List.of("default") : request.securityGroups();
        ServerWire.Made made = new ServerWire.Made(id, groups, request.diskConfig());
        return ServerWire.MADE
                .reply(202, made, exchange)
                .withHeader("Location", new Links(exchange.baseUrl()).self("servers", id.toString()));
    }

    private ServerCreation.Created create(Orderer orderer, BootRequest request) {
        try {
            return transactions.run(handle -> creation.create(handle, orderer, request));
        } catch (ServerCreation.TooFewException tooFew) {
            return transactions.run(handle -> creation.createRefused(handle, orderer, request, tooFew));
        }
    }

    private Reply show(Exchange exchange) {
        Whole whole = transactions.autocommit(handle ->
                withPorts(handle, List.of(lookup.find(handle, exchange))).getFirst());
        return ServerWire.SHOWN.ok(whole, exchange);
    }

    private Reply update(Exchange exchange) {
        ServerWire.Change change = ServerWire.readChange(exchange);
        Whole whole = transactions.run(handle -> {
            Server old = lookup.findForUpdate(handle, exchange);
            store.describe(
                    handle,
                    old.id(),
                    change.name().orElse(old.name()),
                    change.hostname().orElse(old.hostname()),
                    change.changesDescription() ? change.description().orElse(null) : old.description(),
                    change.diskConfig().orElse(old.diskConfig()),
                    clock.instant());
            old.host().ifPresent(host -> store.tellHost(handle, old.id(), host.id()));
            return withPorts(handle, List.of(lookup.find(handle, exchange))).getFirst();
        });
        return ServerWire.UPDATED.ok(whole, exchange);
    }

    private Reply delete(Exchange exchange) {
        deleteServer(exchange);
        return Reply.empty(204);
    }

    /** Asks for it to go; asking twice is as good as once. */
    void deleteServer(Exchange exchange) {
        transactions.use(handle -> {
            Server server = lookup.findForUpdate(handle, exchange);
            store.noteDeletion(
                    handle, server.id(), exchange.requestId(), exchange.caller().userId(), clock.instant());
            scheduling.requestDelete(handle, server.id());
        });
    }
}
