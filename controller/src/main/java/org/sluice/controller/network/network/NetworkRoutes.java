package org.sluice.controller.network.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.BodyLimit;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.network.tag.TagRoutes;
import org.sluice.controller.network.tag.Tagged;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.Creation;
import org.sluice.controller.network.wire.IfMatch;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Target;
import org.sluice.controller.store.Transactions;
import org.sluice.model.NetworkId;
import org.sluice.model.Problem;

/** {@code /networks} (Networking API reference, "Networks"). Thread-safe. */
public final class NetworkRoutes implements ResourceRoutes {
    private static final String ROOT = "/v2.0/networks";
    /** Each holds a lock on its VLAN until the transaction ends, and all transactions share one lock table. */
    private static final int MOST_AT_ONCE = 100;

    private static final int ATTEMPTS = 64;

    private final Transactions transactions;
    private final AffectedHosts hosts;
    private final Segments segments = new Segments();
    private final NetworkStore store = new NetworkStore();
    private final TagRoutes tags;

    public NetworkRoutes(Transactions transactions, AffectedHosts hosts) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.hosts = requireNonNull(hosts, "hosts is null");
        this.tags = new TagRoutes(
                transactions,
                new Tagged(
                        ROOT,
                        "network",
                        "n",
                        "network n",
                        "n.project_id",
                        NetworkRules.GET,
                        NetworkRules.UPDATE_TAGS,
                        NetworkProblems::networkNotFound));
    }

    @Override
    public void routes(Routes routes) {
        routes.list(ROOT, NetworkRules.GET, NetworkWire.LIST, source());
        routes.post(ROOT, NetworkRules.CREATE, this::create).atMost(BodyLimit.BULK);
        routes.get(ROOT + "/{id}", NetworkRules.GET, this::show).asks("fields");
        routes.put(ROOT + "/{id}", NetworkRules.UPDATE, this::update);
        routes.delete(ROOT + "/{id}", NetworkRules.DELETE, this::delete);
        tags.routes(routes);
        routes.rules(NetworkRules.ofFields());
    }

    private Source<Network> source() {
        return Source.byId(
                (exchange, window) ->
                        transactions.run(handle -> store.list(handle, exchange.rows(NetworkRules.GET), window)),
                (exchange, id) ->
                        transactions.autocommit(handle -> store.find(handle, exchange.rows(NetworkRules.GET), id)));
    }

    private Reply show(Exchange exchange) {
        UUID id = id(exchange);
        RowCondition seen = exchange.rows(NetworkRules.GET);
        Network network = transactions.autocommit(
                handle -> store.find(handle, seen, id).orElseThrow(() -> NetworkProblems.networkNotFound(id)));
        return NetworkWire.VIEW.ok(network, exchange);
    }

    private Reply create(Exchange exchange) {
        Creation creation = Creation.of(exchange, "network", "networks", MOST_AT_ONCE, NetworkWire.ATTRIBUTES);
        List<Network> made = transactions.run(handle -> {
            List<Network> networks = new ArrayList<>(creation.items().size());
            creation.items().forEach(fields -> networks.add(make(handle, exchange, fields)));
            return networks;
        });
        return creation.reply(NetworkWire.MADE, made, exchange);
    }

    private Network make(Handle handle, Exchange exchange, Fields fields) {
        NetworkWire.Settings settings = NetworkWire.read(fields, NetworkWire.Settings.USUAL);
        String project = Attributes.project(exchange, fields);
        Target target = NetworkRules.target(project, settings.isShared(), settings.isExternal());
        exchange.require(target);
        NetworkRules.requireMayGive(exchange, NetworkRules.IN_CREATE, target, fields, false, false);
        Segments.Wanted wanted = Segments.Wanted.of(fields);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Segment segment = segments.choose(handle, wanted);
            int largest = store.largestMtu(handle, segment.physicalNetwork());
            Optional<Network> made =
                    store.insert(handle, project, segment, settings.withMtu(NetworkWire.mtu(settings.mtu(), largest)));
            if (made.isPresent()) {
                return made.get();
            }
            if (wanted.segmentationId().isPresent() || segment.vlan().isEmpty()) {
                throw NetworkRules.segmentInUse(segment);
            }
        }
        throw NetworkProblems.of(
                Problem.Kind.UNAVAILABLE,
                "NoNetworkAvailable",
                "Unable to create the network. Others took every VLAN id that was free; try again.");
    }

    private Reply update(Exchange exchange) {
        UUID id = id(exchange);
        IfMatch ifMatch = IfMatch.of(exchange);
        Fields fields = NetworkWire.ATTRIBUTES.forUpdate(exchange, "network");
        RowCondition seen = exchange.rows(NetworkRules.GET);
        Network changed = transactions.run(handle -> {
            NetworkStore.Held held =
                    store.hold(handle, seen, id).orElseThrow(() -> NetworkProblems.networkNotFound(id));
            exchange.require(NetworkRules.target(held.network()));
            ifMatch.require(held.network().stamps().revision());
            return change(handle, exchange, held, fields);
        });
        return NetworkWire.VIEW.ok(changed, exchange);
    }

    private Network change(Handle handle, Exchange exchange, NetworkStore.Held held, Fields fields) {
        Network network = held.network();
        NetworkWire.Settings wanted = NetworkWire.read(fields, NetworkWire.Settings.of(network));
        NetworkRules.requireMayGive(
                exchange,
                NetworkRules.IN_UPDATE,
                NetworkRules.target(network),
                fields,
                network.isShared(),
                network.isExternal());
        NetworkRules.requireNoOtherSegment(fields);
        int mtu = fields.has("mtu") ? NetworkWire.mtu(wanted.mtu(), held.largestMtu()) : network.mtu();
        if (held.isBound() && (wanted.adminStateUp() != network.adminStateUp() || mtu != network.mtu())) {
            throw NetworkRules.inUse(
                    network.id(), "Servers use the network; admin_state_up and mtu can change only while none does.");
        }
        if (network.isShared() && !wanted.isShared() && store.hasForeignPorts(handle, network.id())) {
            throw NetworkRules.foreignPorts(network.id());
        }
        return store.update(handle, network.id(), wanted.withMtu(mtu));
    }

    private Reply delete(Exchange exchange) {
        UUID id = id(exchange);
        IfMatch ifMatch = IfMatch.of(exchange);
        RowCondition seen = exchange.rows(NetworkRules.GET);
        transactions.use(handle -> {
            Network network = store.holdAlone(handle, seen, id)
                    .orElseThrow(() -> NetworkProblems.networkNotFound(id))
                    .network();
            exchange.require(NetworkRules.target(network));
            ifMatch.require(network.stamps().revision());
            if (store.hasPorts(handle, id)) {
                throw NetworkRules.hasPorts(id);
            }
            hosts.ofNetwork(handle, new NetworkId(id));
            store.delete(handle, id);
        });
        return Reply.empty(204);
    }

    private static UUID id(Exchange exchange) {
        String text = exchange.path("id");
        return Ids.parse(text).orElseThrow(() -> NetworkProblems.networkNotFound(text));
    }
}
