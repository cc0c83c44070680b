package org.sluice.controller.compute.metadata;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ProblemException;

/** {@code /servers/ID/metadata} (Compute API reference, "Server metadata"). Thread-safe. */
public final class MetadataRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final InstantSource clock;
    private final ServerLookup lookup = new ServerLookup();
    private final MetadataStore store = new MetadataStore();

    /**
     * Wires them.
     *
     * @param clock time of changes
     */
    public MetadataRoutes(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        String root = Links.VERSION_PATH + "/servers/{id}/metadata";
        routes.get(root, MetadataRules.INDEX, exchange -> all(metadata(exchange)));
        routes.post(root, MetadataRules.CREATE, this::add);
        routes.put(root, MetadataRules.UPDATE_ALL, this::replace);
        routes.get(root + "/{key}", MetadataRules.SHOW, exchange -> one(exchange, metadata(exchange)));
        routes.put(root + "/{key}", MetadataRules.UPDATE, this::putOne);
        routes.delete(root + "/{key}", MetadataRules.DELETE, this::deleteOne);
    }

    private Map<String, String> metadata(Exchange exchange) {
        return transactions.autocommit(handle -> lookup.find(handle, exchange)).metadata();
    }

    private static Reply all(Map<String, String> metadata) {
        return Reply.ok(Map.of("metadata", metadata));
    }

    private static Reply one(Exchange exchange, Map<String, String> metadata) {
        String key = exchange.path("key");
        String value = metadata.get(key);
        if (value == null) {
            throw unknownKey();
        }
        return Reply.ok(Map.of("meta", Map.of(key, value)));
    }

    private static ProblemException unknownKey() {
        return Problems.notFound("MetadataItemNotFound", "Metadata item was not found");
    }

    private Reply add(Exchange exchange) {
        Map<String, String> added = ServerMetadata.read(exchange.body("metadata"));
        return all(change(exchange, old -> {
            old.putAll(added);
            return old;
        }));
    }

    private Reply replace(Exchange exchange) {
        Map<String, String> wanted = ServerMetadata.read(exchange.body("metadata"));
        return all(change(exchange, old -> wanted));
    }

    private Reply putOne(Exchange exchange) {
        Map<String, String> item = ServerMetadata.read(exchange.body("meta"));
        String key = exchange.path("key");
        if (!item.keySet().equals(Set.of(key))) {
            throw Problems.badRequest(
                    "InvalidInput",
                    "Request body and URI mismatch: 'meta' must have '" + key + "' alone, and has "
                            + (item.isEmpty() ? "nothing" : "'" + String.join("', '", item.keySet()) + "'") + ".");
        }
        return one(exchange, change(exchange, old -> {
            old.putAll(item);
            return old;
        }));
    }

    private Reply deleteOne(Exchange exchange) {
        change(exchange, old -> {
            if (old.remove(exchange.path("key")) == null) {
                throw unknownKey();
            }
            return old;
        });
        return Reply.empty(204);
    }

    private Map<String, String> change(Exchange exchange, UnaryOperator<Map<String, String>> change) {
        return transactions.run(handle -> {
            Server server = lookup.findToChange(handle, exchange);
            Map<String, String> metadata = ServerMetadata.bounded(change.apply(new LinkedHashMap<>(server.metadata())));
            store.set(handle, server.id(), metadata, clock.instant());
            server.host().ifPresent(host -> Hosts.changed(handle, host.id(), server.id()));
            return metadata;
        });
    }
}
