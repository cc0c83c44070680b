package org.sluice.controller.compute.aggregate;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.ProblemException;

/** {@code /os-aggregates} (Compute API reference, "Host aggregates"). Thread-safe. */
public final class AggregateRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final InstantSource clock;
    private final AggregateStore store = new AggregateStore();

    public AggregateRoutes(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        String root = Links.VERSION_PATH + "/os-aggregates";
        routes.list(root, AggregateRules.INDEX, AggregateWire.LIST, source());
        routes.post(root, AggregateRules.CREATE, this::create);
        routes.get(root + "/{id}", AggregateRules.SHOW, this::show);
        routes.put(root + "/{id}", AggregateRules.UPDATE, this::update);
        routes.delete(root + "/{id}", AggregateRules.DELETE, this::delete);
        routes.actions(root + "/{id}/action")
                .on("add_host", AggregateRules.ADD_HOST, this::addHost)
                .on("remove_host", AggregateRules.REMOVE_HOST, this::removeHost)
                .on("set_metadata", AggregateRules.SET_METADATA, this::setMetadata);
    }

    private Source<Aggregate> source() {
        return Source.of(
                (_, window) -> transactions.run(handle -> store.list(handle, window)),
                (_, marker) -> marker.matches("[0-9]{1,9}")
                        ? transactions.autocommit(handle -> store.find(handle, Integer.parseInt(marker)))
                        : Optional.empty());
    }

    private Reply create(Exchange exchange) {
        AggregateWire.Wanted wanted = AggregateWire.read(exchange);
        Aggregate made = transactions.run(handle -> {
            int id = store.insert(handle, wanted.name(), wanted.zone().orElse(null), clock.instant())
                    .orElseThrow(() -> AggregateRules.nameTaken(wanted.name()));
            announce(handle);
            return found(handle, id);
        });
        return AggregateWire.BRIEF.ok(made, exchange);
    }

    private Reply show(Exchange exchange) {
        int id = id(exchange);
        return AggregateWire.WHOLE.ok(transactions.run(handle -> found(handle, id)), exchange);
    }

    private Reply update(Exchange exchange) {
        int id = id(exchange);
        AggregateWire.Change change = AggregateWire.readChange(exchange);
        Aggregate changed = transactions.run(handle -> {
            Aggregate old = locked(handle, id);
            String name = change.name().orElse(old.name());
            if (store.isNameTaken(handle, name, id)) {
                throw AggregateRules.nameTaken(name);
            }
            String zone = change.changesZone() ? change.zone().orElse(null) : old.zone();
            return changed(handle, old, name, zone, old.metadata());
        });
        return AggregateWire.WHOLE.ok(changed, exchange);
    }

    private Reply delete(Exchange exchange) {
        int id = id(exchange);
        transactions.use(handle -> {
            if (!locked(handle, id).hosts().isEmpty()) {
                throw Problems.badRequest(
                        "InvalidAggregateAction",
                        "Unacceptable parameters. Cannot delete aggregate " + id + ": remove its hosts first.");
            }
            store.delete(handle, id);
            announce(handle);
        });
        return Reply.empty(200);
    }

    private Reply addHost(Exchange exchange) {
        int id = id(exchange);
        String name = AggregateWire.readHost(exchange, "add_host");
        Aggregate changed = transactions.run(handle -> {
            Aggregate aggregate = locked(handle, id);
            HostId host = host(handle, name);
            if (!store.addHost(handle, id, host)) {
                throw Problems.conflict("AggregateHostExists", "Aggregate " + id + " already has host " + name + ".");
            }
            refuseTwoZones(handle, id, aggregate.zone(), "add_host");
            refuseMovingServers(handle, aggregate, "add_host", name, host);
            return touched(handle, aggregate);
        });
        return AggregateWire.WHOLE.ok(changed, exchange);
    }

    private Reply removeHost(Exchange exchange) {
        int id = id(exchange);
        String name = AggregateWire.readHost(exchange, "remove_host");
        Aggregate changed = transactions.run(handle -> {
            Aggregate aggregate = locked(handle, id);
            HostId host = host(handle, name);
            if (!store.removeHost(handle, id, host)) {
                throw Problems.notFound("AggregateHostNotFound", "Aggregate " + id + " has no host " + name + ".");
            }
            refuseMovingServers(handle, aggregate, "remove_host", name, host);
            return touched(handle, aggregate);
        });
        return AggregateWire.WHOLE.ok(changed, exchange);
    }

    private Reply setMetadata(Exchange exchange) {
        int id = id(exchange);
        Map<String, Optional<String>> changes = AggregateWire.readMetadata(exchange);
        Aggregate changed = transactions.run(handle -> {
            Aggregate aggregate = locked(handle, id);
            Map<String, String> metadata = new LinkedHashMap<>(aggregate.metadata());
            String zone = aggregate.zone();
            for (Map.Entry<String, Optional<String>> change : changes.entrySet()) {
                if (change.getKey().equals(AggregateWire.ZONE)) {
                    zone = change.getValue().orElse(null);
                } else if (change.getValue().isPresent()) {
                    metadata.put(change.getKey(), change.getValue().get());
                } else {
                    metadata.remove(change.getKey());
                }
            }
            return changed(handle, aggregate, aggregate.name(), zone, metadata);
        });
        return AggregateWire.WHOLE.ok(changed, exchange);
    }

    private Aggregate changed(
            Handle handle, Aggregate old, String name, @Nullable String zone, Map<String, String> metadata) {
        if (!Objects.equals(zone, old.zone())) {
            refuseTwoZones(handle, old.id(), zone, "update");
            Scheduling.lockOutClaims(handle, store.hosts(handle, old.id()));
            List<String> busy = store.hostsWithServers(handle, old.id());
            if (!busy.isEmpty()) {
                throw Problems.badRequest(
                        "InvalidAggregateAction",
                        "The availability zone of aggregate " + old.id() + " cannot change while servers are on "
                                + String.join(", ", busy) + ".");
            }
        }
        try {
            store.update(handle, old.id(), name, zone, metadata, clock.instant());
        } catch (JdbiException failure) {
            // Another request took the name after this one had looked.
            throw Transactions.isUniqueViolation(failure)
                    ? new ProblemException(AggregateRules.nameTaken(name).problem(), failure)
                    : failure;
        }
        announce(handle);
        return found(handle, old.id());
    }

    /** Servers stay in the zone that they were asked to be in. */
    private void refuseMovingServers(Handle handle, Aggregate aggregate, String action, String name, HostId host) {
        if (aggregate.zone() != null
                && !store.isInZone(handle, host, aggregate.zone(), aggregate.id())
                && store.hasServers(handle, host)) {
            throw Problems.conflict(
                    "InvalidAggregateAction",
                    "Cannot perform action '" + action + "' on aggregate " + aggregate.id() + ": host " + name
                            + " runs servers, and its availability zone would change.");
        }
    }

    private Aggregate touched(Handle handle, Aggregate old) {
        store.update(handle, old.id(), old.name(), old.zone(), old.metadata(), clock.instant());
        announce(handle);
        return found(handle, old.id());
    }

    /** A host is in one availability zone. */
    private void refuseTwoZones(Handle handle, int id, @Nullable String zone, String action) {
        List<String> elsewhere = zone == null ? List.of() : store.hostsInOtherZones(handle, id, zone);
        if (!elsewhere.isEmpty()) {
            throw Problems.conflict(
                    "InvalidAggregateAction",
                    "Cannot perform action '" + action + "' on aggregate " + id + ": one or more hosts already in"
                            + " different availability zone(s): " + String.join(", ", elsewhere) + ".");
        }
    }

    /** Every controller keeps an index of the fleet that knows zones. */
    private static void announce(Handle handle) {
        ChangeFeed.announce(handle, "fleet");
    }

    private HostId host(Handle handle, String name) {
        return store.findHost(handle, name).orElseThrow(() -> AggregateRules.unknownHost(name));
    }

    private Aggregate locked(Handle handle, int id) {
        store.lockAll(handle);
        return found(handle, id);
    }

    private Aggregate found(Handle handle, int id) {
        return store.find(handle, id).orElseThrow(() -> AggregateRules.unknown(id));
    }

    private static int id(Exchange exchange) {
        String text = exchange.path("id");
        if (!text.matches("[0-9]{1,9}")) {
            throw Problems.badRequest("InvalidInput", "Invalid input received: id must be an integer");
        }
        return Integer.parseInt(text);
    }
}
