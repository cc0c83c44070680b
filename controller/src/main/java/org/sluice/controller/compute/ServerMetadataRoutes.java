package org.sluice.controller.compute;

import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ObjectNode;

/** {@code /servers/ID/metadata}: key-value pairs of the tenant, which the guest reads, too. */
final class ServerMetadataRoutes {
    private final Jdbi jdbi;
    private final Transactions transactions;
    private final ServerLookup lookup;
    private final InstantSource clock;
    private final ServerStore store = new ServerStore();

    ServerMetadataRoutes(Jdbi jdbi, ServerLookup lookup, InstantSource clock) {
        this.jdbi = jdbi;
        this.transactions = new Transactions(jdbi);
        this.lookup = lookup;
        this.clock = clock;
    }

    void routes(Routes routes) {
        String root = ComputeFamily.VERSION_PATH + "/servers/{id}/metadata";
        routes.get(root, Call.versioned(this::all))
                .post(root, Call.versioned(this::add))
                .put(root, Call.versioned(this::replace))
                .get(root + "/{key}", Call.versioned(this::one))
                .put(root + "/{key}", Call.versioned(this::putOne))
                .delete(root + "/{key}", Call.versioned(this::deleteOne));
    }

    private Reply all(Call call) {
        return metadata(jdbi.withHandle(handle -> lookup.find(handle, call)).metadata());
    }

    private static Reply metadata(Map<String, String> metadata) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("metadata", TextMap.tree(metadata));
        return Reply.ok(body);
    }

    private Reply add(Call call) {
        Map<String, String> added = Fields.of(call, "metadata").texts();
        return metadata(change(call, "create", old -> {
            old.putAll(added);
            return old;
        }));
    }

    private Reply replace(Call call) {
        Map<String, String> wanted = Fields.of(call, "metadata").texts();
        return metadata(change(call, "update_all", old -> wanted));
    }

    private Reply one(Call call) {
        return item(call, jdbi.withHandle(handle -> lookup.find(handle, call)).metadata());
    }

    private static Reply item(Call call, Map<String, String> metadata) {
        String value = metadata.get(call.path("key"));
        if (value == null) {
            throw unknownKey();
        }
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.putObject("meta").put(call.path("key"), value);
        return Reply.ok(body);
    }

    private static ProblemException unknownKey() {
        return Problems.notFound("MetadataItemNotFound", "Metadata item was not found");
    }

    private Reply putOne(Call call) {
        Map<String, String> item = Fields.of(call, "meta").texts();
        if (!item.keySet().equals(Set.of(call.path("key")))) {
            throw Problems.badRequest("InvalidInput", "Request body and URI mismatch");
        }
        return item(call, change(call, "update", old -> {
            old.putAll(item);
            return old;
        }));
    }

    private Reply deleteOne(Call call) {
        change(call, "delete", old -> {
            if (old.remove(call.path("key")) == null) {
                throw unknownKey();
            }
            return old;
        });
        return Reply.empty(204);
    }

    private Map<String, String> change(Call call, String rule, UnaryOperator<Map<String, String>> change) {
        call.caller().requireWriter("os_compute_api:server-metadata:" + rule);
        return transactions.run(handle -> {
            ServerRow server = lookup.findForUpdate(handle, call);
            Map<String, String> metadata = change.apply(new LinkedHashMap<>(server.metadata()));
            BootRequestReader.refuseTooManyItems(metadata);
            store.setMetadata(handle, server.id(), metadata, clock.instant());
            server.host().ifPresent(host -> store.tellHost(handle, host.id()));
            return metadata;
        });
    }
}
