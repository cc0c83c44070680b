package org.sluice.controller.network.port;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.BodyLimit;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.network.address.RestingAddresses;
import org.sluice.controller.network.address.WantedAddress;
import org.sluice.controller.network.network.AffectedHosts;
import org.sluice.controller.network.network.NetworkRules;
import org.sluice.controller.network.securitygroup.SecurityGroupRules;
import org.sluice.controller.network.securitygroup.SecurityGroups;
import org.sluice.controller.network.tag.TagRoutes;
import org.sluice.controller.network.tag.Tagged;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.Creation;
import org.sluice.controller.network.wire.IfMatch;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Target;
import org.sluice.controller.store.Steps;
import org.sluice.controller.store.Transactions;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.SecurityGroupId;
import org.sluice.model.VnicType;

/** {@code /ports} (Networking API reference, "Ports"). Thread-safe. */
public final class PortRoutes implements ResourceRoutes {
    private static final String ROOT = "/v2.0/ports";
    private static final int MOST_AT_ONCE = 1_000;
    /** They are shown with the port, in every list of ports. */
    private static final int MOST_GROUPS = 100;

    private final Transactions transactions;
    private final PortMaking making;
    private final FixedIps fixedIps;
    private final SecurityGroups securityGroups = new SecurityGroups();
    private final PortStore store = new PortStore();
    private final RestingAddresses resting = new RestingAddresses();
    private final AffectedHosts hosts;
    private final TagRoutes tags;

    /**
     * Wires them.
     *
     * @param hosts hears of servers whose addresses change
     * @param random where MAC addresses come from; must be thread-safe
     */
    public PortRoutes(Transactions transactions, AffectedHosts hosts, RandomGenerator random) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.hosts = requireNonNull(hosts, "hosts is null");
        this.making = new PortMaking(random);
        this.fixedIps = new FixedIps(making);
        this.tags = new TagRoutes(
                transactions,
                new Tagged(
                        ROOT,
                        "port",
                        "p",
                        "port p join network n on n.id = p.network_id",
                        "n.project_id",
                        PortRules.GET,
                        PortRules.UPDATE_TAGS,
                        NetworkProblems::portNotFound));
    }

    @Override
    public void routes(Routes routes) {
        routes.list(ROOT, PortRules.GET, PortWire.LIST, source());
        routes.post(ROOT, PortRules.CREATE, this::create).atMost(BodyLimit.BULK);
        routes.get(ROOT + "/{id}", PortRules.GET, this::show).asks("fields");
        routes.put(ROOT + "/{id}", PortRules.UPDATE, this::update);
        routes.delete(ROOT + "/{id}", PortRules.DELETE, this::delete);
        tags.routes(routes);
        routes.rules(PortRules.ofFields());
    }

    private Source<Port> source() {
        return Source.byId(
                (exchange, window) ->
                        transactions.run(handle -> store.list(handle, exchange.rows(PortRules.GET), window)),
                (exchange, id) ->
                        transactions.autocommit(handle -> store.find(handle, exchange.rows(PortRules.GET), id)));
    }

    private Reply show(Exchange exchange) {
        UUID id = id(exchange);
        RowCondition seen = exchange.rows(PortRules.GET);
        Port port = transactions.autocommit(
                handle -> store.find(handle, seen, id).orElseThrow(() -> NetworkProblems.portNotFound(id)));
        return PortWire.VIEW.ok(port, exchange);
    }

    private Reply create(Exchange exchange) {
        Creation creation = Creation.of(exchange, "port", "ports", MOST_AT_ONCE, PortWire.ATTRIBUTES);
        List<Port> made = creation.items().size() == 1
                ? List.of(transactions.repeatedly(
                        () -> makeAlone(exchange, creation.items().getFirst())))
                : transactions.run(handle -> {
                    List<Port> ports = new ArrayList<>(creation.items().size());
                    creation.items().forEach(fields -> ports.add(make(handle, exchange, fields)));
                    return ports;
                });
        return creation.reply(PortWire.VIEW, made, exchange);
    }

    private Port makeAlone(Exchange exchange, Fields fields) {
        Wanted wanted = wanted(transactions, exchange, fields);
        return making.makeAlone(
                transactions,
                wanted.port(),
                wanted.fabric(),
                wanted.addresses(),
                PortStore::read,
                address -> FixedIps.unavailable(wanted.port().network(), address));
    }

    private Port make(Handle handle, Exchange exchange, Fields fields) {
        Wanted wanted = wanted(Steps.within(handle), exchange, fields);
        return making.make(
                handle,
                wanted.port(),
                wanted.fabric(),
                wanted.addresses(),
                PortStore::read,
                address -> FixedIps.unavailable(wanted.port().network(), address));
    }

    private record Wanted(NewPort port, String fabric, List<WantedAddress> addresses) {}

    private Wanted wanted(Steps steps, Exchange exchange, Fields fields) {
        NetworkId id = new NetworkId(fields.id("network_id"));
        PortWire.Asked asked = PortWire.read(fields, PortWire.Settings.USUAL);
        PortWire.Settings settings = asked.settings();
        String project = Attributes.project(exchange, fields);
        NetworkFacts network = steps.autocommit(handle -> NetworkFacts.find(handle, id, project))
                .filter(found -> exchange.may(
                        NetworkRules.GET, NetworkRules.target(found.project(), found.shared(), found.external())))
                .orElseThrow(() -> NetworkProblems.networkNotFound(id));
        Target target = PortRules.target(project, network.project(), network.shared());
        exchange.require(target);
        PortRules.requireMayGive(exchange, PortRules.IN_CREATE, target, asked, "");
        boolean secure = settings.portSecurity().orElse(network.portSecurity());
        NewPort port = new NewPort(
                PortId.random(),
                id,
                project,
                settings.name(),
                settings.description(),
                settings.adminStateUp(),
                settings.mac(),
                settings.deviceId(),
                settings.deviceOwner(),
                secure,
                settings.vnicType(),
                settings.profile(),
                settings.bindingHost(),
                false,
                groups(steps, exchange, fields, network, project, secure));
        return new Wanted(
                port,
                network.fabric(),
                PortRules.chosen(asked)
                        .map(addresses -> FixedIps.resolve(network, port.deviceOwner(), addresses))
                        .orElseGet(() -> FixedIps.any(network)));
    }

    private Reply update(Exchange exchange) {
        UUID id = id(exchange);
        IfMatch ifMatch = IfMatch.of(exchange);
        Fields fields = PortWire.ATTRIBUTES.forUpdate(exchange, "port");
        Port changed = transactions.run(handle -> {
            PortStore.Held held = hold(handle, exchange, id);
            ifMatch.require(held.port().stamps().revision());
            return change(handle, exchange, held, fields);
        });
        return PortWire.VIEW.ok(changed, exchange);
    }

    private Port change(Handle handle, Exchange exchange, PortStore.Held held, Fields fields) {
        Port port = held.port();
        PortWire.Asked asked = PortWire.read(fields, settingsOf(held));
        PortRules.requireMayGive(exchange, PortRules.IN_UPDATE, target(held), asked, port.deviceOwner());
        if (held.isServing()) {
            PortRules.requireOfTheUserAlone(port.id(), fields);
        }
        if (held.isAttached()) {
            PortRules.requireUntouched(held, asked);
        }
        boolean secure = asked.settings().portSecurity().orElse(port.portSecurity());
        if (fields.has("security_groups")) {
            List<UUID> groups = known(handle, exchange, fields, port.projectId());
            if (!secure && !groups.isEmpty()) {
                throw PortRules.groupsOnInsecurePort();
            }
            store.putInto(handle, port.id(), groups);
        } else if (!secure && !port.securityGroups().text().equals("[]")) {
            throw PortRules.groupsOnInsecurePort();
        }
        NetworkId network = new NetworkId(port.networkId());
        boolean moved = PortRules.chosen(asked)
                .map(addresses -> fixedIps.replace(
                        handle,
                        NetworkFacts.find(handle, network, port.projectId()).orElseThrow(),
                        new PortId(port.id()),
                        asked.settings().deviceOwner(),
                        addresses,
                        held.isAttached()))
                .orElse(false);
        Port changed = store.update(handle, port, asked.settings());
        if (held.isAttached() && (moved || fields.has("security_groups"))) {
            hosts.ofPort(handle, new PortId(port.id()));
        }
        if (held.isAttached() && moved) {
            resting.told(handle, new PortId(port.id()));
        }
        return changed;
    }

    private Reply delete(Exchange exchange) {
        UUID id = id(exchange);
        IfMatch ifMatch = IfMatch.of(exchange);
        transactions.use(handle -> {
            PortStore.Held held = hold(handle, exchange, id);
            ifMatch.require(held.port().stamps().revision());
            if (held.isAttached()) {
                throw PortRules.inUse(held.port());
            }
            if (held.isServing()) {
                throw PortRules.serves(id);
            }
            store.delete(handle, id);
        });
        return Reply.empty(204);
    }

    /** Locks the port: 404 when the caller does not see it, 403 when he may not do with it what the route does. */
    private PortStore.Held hold(Handle handle, Exchange exchange, UUID id) {
        PortStore.Held held = store.hold(handle, exchange.rows(PortRules.GET), id)
                .orElseThrow(() -> NetworkProblems.portNotFound(id));
        exchange.require(target(held));
        return held;
    }

    private static Target target(PortStore.Held held) {
        return PortRules.target(held.port().projectId(), held.networkOwner(), held.networkShared());
    }

    private static PortWire.Settings settingsOf(PortStore.Held held) {
        Port port = held.port();
        return new PortWire.Settings(
                port.name(),
                port.description(),
                port.adminStateUp(),
                Optional.empty(),
                port.deviceId(),
                port.deviceOwner(),
                Optional.empty(),
                VnicType.ofWireName(port.vnicType()).orElseThrow(),
                held.givenProfile(),
                port.bindingHost());
    }

    private List<SecurityGroupId> groups(
            Steps steps, Exchange exchange, Fields fields, NetworkFacts network, String project, boolean secure) {
        if (!fields.isSet("security_groups")) {
            return secure
                    ? List.of(network.defaultGroup()
                            .orElseGet(() -> steps.run(handle -> securityGroups.ensureDefault(handle, project))))
                    : List.of();
        }
        List<UUID> groups = steps.autocommit(handle -> known(handle, exchange, fields, project));
        if (!secure && !groups.isEmpty()) {
            throw PortRules.groupsWithoutSecurity();
        }
        return groups.stream().map(SecurityGroupId::new).toList();
    }

    private List<UUID> known(Handle handle, Exchange exchange, Fields fields, String project) {
        List<UUID> wanted = fields.ids("security_groups", MOST_GROUPS);
        if (wanted.isEmpty()) {
            return wanted;
        }
        List<UUID> found = store.groups(handle, exchange.rows(SecurityGroupRules.GET), project, wanted);
        for (UUID id : wanted) {
            if (!found.contains(id)) {
                throw NetworkProblems.securityGroupNotFound(id);
            }
        }
        return wanted;
    }

    private static UUID id(Exchange exchange) {
        String text = exchange.path("id");
        return Ids.parse(text).orElseThrow(() -> NetworkProblems.portNotFound(text));
    }
}
