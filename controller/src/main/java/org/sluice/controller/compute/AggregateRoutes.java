package org.sluice.controller.compute;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /os-aggregates}: sets of hosts and the availability zones they make. For admins. */
final class AggregateRoutes {
    /** In metadata the zone goes by this key. */
    private static final String ZONE = "availability_zone";

    private final Jdbi jdbi;
    private final Transactions transactions;
    private final InstantSource clock;
    private final AggregateStore store = new AggregateStore();

    AggregateRoutes(Jdbi jdbi, InstantSource clock) {
        this.jdbi = jdbi;
        this.transactions = new Transactions(jdbi);
        this.clock = clock;
    }

    void routes(Routes routes) {
        String root = ComputeFamily.VERSION_PATH + "/os-aggregates";
        routes.get(root, Call.versioned(this::list))
                .post(root, Call.versioned(this::create))
                .get(root + "/{id}", Call.versioned(this::show))
                .put(root + "/{id}", Call.versioned(this::update))
                .delete(root + "/{id}", Call.versioned(this::delete))
                .post(root + "/{id}/action", Call.versioned(this::action));
    }

    private Reply list(Call call) {
        call.caller().requireAdmin("os_compute_api:os-aggregates:index");
        ObjectNode body = Json.MAPPER.createObjectNode();
        ArrayNode items = body.putArray("aggregates");
        jdbi.withHandle(store::list).forEach(aggregate -> items.add(full(aggregate, call.version())));
        return Reply.ok(body);
    }

    private Reply create(Call call) {
        call.caller().requireAdmin("os_compute_api:os-aggregates:create");
        Fields fields = Fields.of(call, "aggregate");
        fields.onlyKnows(Set.of("name", ZONE));
        String name = fields.nameText("name");
        String zone = zone(fields).orElse(null);
        Aggregate made = transactions.run(handle -> {
            int id = store.insert(handle, name, zone, clock.instant()).orElseThrow(() -> nameTaken(name));
            announce(handle);
            return found(handle, id);
        });
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("aggregate", brief(made, call.version()));
        return Reply.ok(body);
    }

    private Reply show(Call call) {
        call.caller().requireAdmin("os_compute_api:os-aggregates:show");
        int id = id(call);
        return single(jdbi.withHandle(handle -> found(handle, id)), call);
    }

    private Reply update(Call call) {
        call.caller().requireAdmin("os_compute_api:os-aggregates:update");
        int id = id(call);
        Fields fields = Fields.of(call, "aggregate");
        fields.onlyKnows(Set.of("name", ZONE));
        if (!fields.has("name") && !fields.has(ZONE)) {
            throw Problems.badRequest(
                    "ValidationError",
                    "Invalid input for field/attribute aggregate. {} does not have enough properties");
        }
        Aggregate changed = transactions.run(handle -> {
            Aggregate old = locked(handle, id);
            String name = fields.has("name") ? fields.nameText("name") : old.name();
            if (store.isNameTaken(handle, name, id)) {
                throw nameTaken(name);
            }
            String zone = fields.has(ZONE) ? zone(fields).orElse(null) : old.zone();
            return changed(handle, old, name, zone, old.metadata());
        });
        return single(changed, call);
    }

    private Reply delete(Call call) {
        call.caller().requireAdmin("os_compute_api:os-aggregates:delete");
        int id = id(call);
        transactions.run(handle -> {
            if (!locked(handle, id).hosts().isEmpty()) {
                throw Problems.badRequest(
                        "InvalidAggregateAction",
                        "Unacceptable parameters. Cannot delete aggregate " + id + ": remove its hosts first.");
            }
            store.delete(handle, id);
            announce(handle);
            return true;
        });
        return Reply.empty(200);
    }

    private Reply action(Call call) {
        ObjectNode body = call.body();
        if (body.size() != 1) {
            throw Problems.badRequest("ValidationError", "The request body must name exactly one action.");
        }
        String action = body.propertyNames().iterator().next();
        call.caller().requireAdmin("os_compute_api:os-aggregates:" + action);
        int id = id(call);
        Fields fields = Fields.of(call, action);
        Aggregate changed = transactions.run(handle -> switch (action) {
            case "add_host" -> addHost(handle, locked(handle, id), fields);
            case "remove_host" -> removeHost(handle, locked(handle, id), fields);
            case "set_metadata" -> setMetadata(handle, locked(handle, id), fields);
            default ->
                throw Problems.badRequest(
                        "ValidationError",
                        "There is no such action: " + action + ". It must be add_host, remove_host or set_metadata.");
        });
        return single(changed, call);
    }

    private Aggregate addHost(Handle handle, Aggregate aggregate, Fields fields) {
        fields.onlyKnows(Set.of("host"));
        String name = fields.text("host", 1, Fields.LONGEST_NAME);
        HostId host = host(handle, name);
        if (!store.addHost(handle, aggregate.id(), host)) {
            throw Problems.conflict(
                    "AggregateHostExists", "Aggregate " + aggregate.id() + " already has host " + name + ".");
        }
        refuseTwoZones(handle, aggregate.id(), aggregate.zone(), "add_host");
        refuseMovingServers(handle, aggregate, "add_host", name, host);
        return touched(handle, aggregate);
    }

    private Aggregate removeHost(Handle handle, Aggregate aggregate, Fields fields) {
        fields.onlyKnows(Set.of("host"));
        String name = fields.text("host", 1, Fields.LONGEST_NAME);
        HostId host = host(handle, name);
        if (!store.removeHost(handle, aggregate.id(), host)) {
            throw Problems.notFound(
                    "AggregateHostNotFound", "Aggregate " + aggregate.id() + " has no host " + name + ".");
        }
        refuseMovingServers(handle, aggregate, "remove_host", name, host);
        return touched(handle, aggregate);
    }

    private Aggregate setMetadata(Handle handle, Aggregate aggregate, Fields fields) {
        fields.onlyKnows(Set.of("metadata"));
        Map<String, String> metadata = new LinkedHashMap<>(aggregate.metadata());
        String zone = aggregate.zone();
        for (Map.Entry<String, Optional<String>> change :
                fields.object("metadata").textsOrRemovals().entrySet()) {
            if (change.getKey().equals(ZONE)) {
                zone = change.getValue().filter(text -> !text.isEmpty()).orElse(null);
            } else if (change.getValue().isPresent()) {
                metadata.put(change.getKey(), change.getValue().get());
            } else {
                metadata.remove(change.getKey());
            }
        }
        return changed(handle, aggregate, aggregate.name(), zone, metadata);
    }

    private Aggregate changed(
            Handle handle, Aggregate old, String name, @Nullable String zone, Map<String, String> metadata) {
        if (!Objects.equals(zone, old.zone())) {
            refuseTwoZones(handle, old.id(), zone, "update");
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
                    ? new ProblemException(nameTaken(name).problem(), failure)
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
        return store.findHost(handle, name)
                .orElseThrow(() ->
                        Problems.notFound("ComputeHostNotFound", "Compute host " + name + " could not be found."));
    }

    private Aggregate locked(Handle handle, int id) {
        store.lockAll(handle);
        return found(handle, id);
    }

    private Aggregate found(Handle handle, int id) {
        return store.find(handle, id)
                .orElseThrow(() -> Problems.notFound("AggregateNotFound", "Aggregate " + id + " could not be found."));
    }

    private static ProblemException nameTaken(String name) {
        return Problems.conflict("AggregateNameExists", "Aggregate " + name + " already exists.");
    }

    private static int id(Call call) {
        String text = call.path("id");
        if (!text.matches("[0-9]{1,9}")) {
            throw Problems.badRequest("InvalidInput", "Invalid input received: id must be an integer");
        }
        return Integer.parseInt(text);
    }

    private static Optional<String> zone(Fields fields) {
        if (!fields.isSet(ZONE)) {
            return Optional.empty();
        }
        String zone = fields.nameText(ZONE);
        if (zone.contains(":")) {
            throw fields.refused(ZONE, "a colon separates zone and host in requests, so a zone's name has none");
        }
        return Optional.of(zone);
    }

    private static Reply single(Aggregate aggregate, Call call) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("aggregate", full(aggregate, call.version()));
        return Reply.ok(body);
    }

    private static ObjectNode full(Aggregate aggregate, Microversion version) {
        ObjectNode json = brief(aggregate, version);
        ArrayNode hosts = json.putArray("hosts");
        aggregate.hosts().forEach(hosts::add);
        ObjectNode metadata = TextMap.tree(aggregate.metadata());
        if (aggregate.zone() != null) {
            metadata.put(ZONE, aggregate.zone());
        }
        json.set("metadata", metadata);
        return json;
    }

    /** Without hosts and metadata, as nova answers a create. */
    private static ObjectNode brief(Aggregate aggregate, Microversion version) {
        ObjectNode json = Json.MAPPER.createObjectNode().put("id", aggregate.id());
        if (version.atLeast(41)) {
            json.put("uuid", aggregate.uuid().toString());
        }
        return json.put("name", aggregate.name())
                .put("created_at", Times.plain(aggregate.createdAt()))
                .put("updated_at", Times.plain(aggregate.updatedAt()))
                .putNull("deleted_at")
                .put("deleted", false)
                .put(ZONE, aggregate.zone());
    }
}
