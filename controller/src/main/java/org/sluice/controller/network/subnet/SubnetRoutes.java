package org.sluice.controller.network.subnet;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
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
import org.sluice.controller.network.network.AffectedHosts;
import org.sluice.controller.network.network.NetworkGate;
import org.sluice.controller.network.network.NetworkRules;
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

/** {@code /subnets} (Networking API reference, "Subnets"). Thread-safe. */
public final class SubnetRoutes implements ResourceRoutes {
    private static final String ROOT = "/v2.0/subnets";
    private static final int MOST_AT_ONCE = 1_000;

    private final Transactions transactions;
    private final AffectedHosts hosts;
    private final SubnetListener listener;
    private final SubnetStore store = new SubnetStore();
    private final TagRoutes tags;

    /** @param listener hears of subnets that come and change */
    public SubnetRoutes(Transactions transactions, AffectedHosts hosts, SubnetListener listener) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.hosts = requireNonNull(hosts, "hosts is null");
        this.listener = requireNonNull(listener, "listener is null");
        this.tags = new TagRoutes(
                transactions,
                new Tagged(
                        ROOT,
                        "subnet",
                        "s",
                        "subnet s join network n on n.id = s.network_id",
                        "n.project_id",
                        SubnetRules.GET,
                        SubnetRules.UPDATE_TAGS,
                        NetworkProblems::subnetNotFound));
    }

    @Override
    public void routes(Routes routes) {
        routes.list(ROOT, SubnetRules.GET, SubnetWire.LIST, source());
        routes.post(ROOT, SubnetRules.CREATE, this::create).atMost(BodyLimit.BULK);
        routes.get(ROOT + "/{id}", SubnetRules.GET, this::show).asks("fields");
        routes.put(ROOT + "/{id}", SubnetRules.UPDATE, this::update);
        routes.delete(ROOT + "/{id}", SubnetRules.DELETE, this::delete);
        tags.routes(routes);
    }

    private Source<Subnet> source() {
        return Source.byId(
                (exchange, window) ->
                        transactions.run(handle -> store.list(handle, exchange.rows(SubnetRules.GET), window)),
                (exchange, id) ->
                        transactions.autocommit(handle -> store.find(handle, exchange.rows(SubnetRules.GET), id)));
    }

    private Reply show(Exchange exchange) {
        UUID id = id(exchange);
        RowCondition seen = exchange.rows(SubnetRules.GET);
        Subnet subnet = transactions.autocommit(
                handle -> store.find(handle, seen, id).orElseThrow(() -> NetworkProblems.subnetNotFound(id)));
        return SubnetWire.VIEW.ok(subnet, exchange);
    }

    private Reply create(Exchange exchange) {
        Creation creation = Creation.of(exchange, "subnet", "subnets", MOST_AT_ONCE, SubnetWire.ATTRIBUTES);
        List<Subnet> made = transactions.run(handle -> {
            List<Subnet> subnets = new ArrayList<>(creation.items().size());
            NetworkGate.change(
                    handle,
                    creation.items().stream()
                            .map(fields -> fields.id("network_id"))
                            .toList());
            creation.items().forEach(fields -> subnets.add(make(handle, exchange, fields)));
            List<UUID> networks =
                    subnets.stream().map(Subnet::networkId).distinct().toList();
            store.overfull(handle, networks, SubnetRules.MOST_ON_NETWORK).ifPresent(network -> {
                throw SubnetRules.tooMany(network);
            });
            List<NetworkId> changed = networks.stream().map(NetworkId::new).toList();
            changed.forEach(network -> listener.changed(handle, network));
            hosts.ofNetworks(handle, changed);
            return subnets;
        });
        return creation.reply(SubnetWire.VIEW, made, exchange);
    }

    private Subnet make(Handle handle, Exchange exchange, Fields fields) {
        UUID network = fields.id("network_id");
        SubnetWire.Settings settings = SubnetWire.readNew(fields);
        String project = Attributes.project(exchange, fields);
        String owner = store.claim(handle, exchange.rows(NetworkRules.GET), network)
                .orElseThrow(() -> NetworkProblems.networkNotFound(network));
        exchange.require(Target.ofProject(project).onNetworkOf(owner));
        if (store.overlaps(handle, network, settings.plan().block())) {
            throw SubnetRules.overlaps(settings.plan().block(), network);
        }
        store.touch(handle, network);
        return store.insert(handle, network, project, settings);
    }

    private Reply update(Exchange exchange) {
        UUID id = id(exchange);
        IfMatch ifMatch = IfMatch.of(exchange);
        Fields fields = SubnetWire.ATTRIBUTES.forUpdate(exchange, "subnet");
        RowCondition seen = exchange.rows(SubnetRules.GET);
        Subnet changed = transactions.run(handle -> {
            SubnetStore.Held held = store.hold(handle, seen, id).orElseThrow(() -> NetworkProblems.subnetNotFound(id));
            requireMay(exchange, ifMatch, held);
            SubnetWire.Settings settings = SubnetWire.read(fields, held.subnet());
            Subnet subnet = store.update(handle, id, settings, fields.isSet("allocation_pools"));
            listener.changed(handle, new NetworkId(subnet.networkId()));
            hosts.ofNetwork(handle, new NetworkId(subnet.networkId()));
            return subnet;
        });
        return SubnetWire.VIEW.ok(changed, exchange);
    }

    private Reply delete(Exchange exchange) {
        UUID id = id(exchange);
        IfMatch ifMatch = IfMatch.of(exchange);
        RowCondition seen = exchange.rows(SubnetRules.GET);
        transactions.use(handle -> {
            SubnetStore.Held held =
                    store.holdAlone(handle, seen, id).orElseThrow(() -> NetworkProblems.subnetNotFound(id));
            requireMay(exchange, ifMatch, held);
            store.delete(handle, id);
            store.touch(handle, held.subnet().networkId());
            hosts.ofNetwork(handle, new NetworkId(held.subnet().networkId()));
        });
        return Reply.empty(204);
    }

    private static void requireMay(Exchange exchange, IfMatch ifMatch, SubnetStore.Held held) {
        exchange.require(Target.ofProject(held.subnet().projectId()).onNetworkOf(held.networkOwner()));
        ifMatch.require(held.subnet().stamps().revision());
    }

    private static UUID id(Exchange exchange) {
        String text = exchange.path("id");
        return Ids.parse(text).orElseThrow(() -> NetworkProblems.subnetNotFound(text));
    }
}
