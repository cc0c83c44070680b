package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.store.Transactions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The five routes that every resource of the Network API has, with bulk create, {@code fields} and pages. */
final class ResourceRoutes {
    private final Transactions transactions;
    private final Resource resource;

    ResourceRoutes(Transactions transactions, Resource resource) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.resource = requireNonNull(resource, "resource is null");
    }

    void register(Routes routes) {
        String collection = "/v2.0/" + resource.plural().replace('_', '-');
        routes.get(collection, this::list)
                .post(collection, this::create)
                .get(collection + "/{id}", exchange -> one(exchange, resource::show))
                .put(collection + "/{id}", this::update)
                .delete(collection + "/{id}", this::delete);
    }

    private Reply list(Exchange exchange) {
        Selection selection = new Selection(exchange, resource.table(), resource.filters(), resource.sortable());
        List<ObjectNode> found =
                new ArrayList<>(transactions.run(handle -> resource.list(handle, exchange.caller(), selection)));
        if (selection.reverse()) {
            Collections.reverse(found);
        }
        List<String> ids =
                found.stream().map(item -> item.path("id").asString()).toList();
        ObjectNode reply = Json.MAPPER.createObjectNode();
        ArrayNode items = reply.putArray(resource.plural());
        found.forEach(item -> items.add(withFields(exchange, item)));
        PageLinks.add(reply, resource.plural() + "_links", exchange, selection, ids);
        return Reply.ok(reply);
    }

    private Reply create(Exchange exchange) {
        requireWriter(exchange.caller(), "create_");
        ObjectNode body = exchange.bodyObject();
        @Nullable JsonNode many = body.get(resource.plural());
        if (many != null) {
            return Reply.json(201, Map.of(resource.plural(), createAll(exchange.caller(), many)));
        }
        ObjectNode wanted = single(body);
        ObjectNode made = transactions.run(handle -> resource.create(handle, exchange.caller(), wanted.deepCopy()));
        return Reply.json(201, Map.of(resource.singular(), made));
    }

    private List<ObjectNode> createAll(Caller caller, JsonNode many) {
        if (!many.isArray() || many.isEmpty()) {
            throw NetworkProblems.badRequest("Resources required");
        }
        if (many.size() > resource.mostAtOnce()) {
            throw NetworkProblems.badRequest("One request can make " + resource.mostAtOnce() + " " + resource.plural()
                    + " at most, and this one asks for " + many.size() + "; send several requests.");
        }
        List<ObjectNode> wanted = new ArrayList<>();
        for (JsonNode item : many) {
            if (!(item instanceof ObjectNode object)) {
                throw NetworkProblems.badRequest(
                        "Invalid resource: each of " + resource.plural() + " must be an object");
            }
            wanted.add(object);
        }
        return transactions.run(handle -> {
            List<ObjectNode> made = new ArrayList<>();
            wanted.forEach(object -> made.add(resource.create(handle, caller, object.deepCopy())));
            return made;
        });
    }

    private Reply update(Exchange exchange) {
        ObjectNode body = single(exchange.bodyObject());
        return one(exchange, (handle, caller, id) -> {
            requireVisible(handle, caller, id);
            requireWriter(caller, "update_");
            return resource.update(handle, caller, id, body.deepCopy());
        });
    }

    private Reply delete(Exchange exchange) {
        UUID id = id(exchange);
        transactions.run(handle -> {
            requireVisible(handle, exchange.caller(), id);
            requireWriter(exchange.caller(), "delete_");
            resource.delete(handle, exchange.caller(), id);
            return id;
        });
        return Reply.empty(204);
    }

    /** What the caller cannot see is not there, whatever he wants to do with it. */
    private void requireVisible(Handle handle, Caller caller, UUID id) {
        resource.show(handle, caller, id);
    }

    @FunctionalInterface
    private interface Work {
        ObjectNode apply(Handle handle, Caller caller, UUID id);
    }

    private Reply one(Exchange exchange, Work work) {
        UUID id = id(exchange);
        ObjectNode found = transactions.run(handle -> work.apply(handle, exchange.caller(), id));
        return Reply.ok(Map.of(resource.singular(), withFields(exchange, found)));
    }

    private UUID id(Exchange exchange) {
        String text = exchange.path("id");
        return Ids.parse(text).orElseThrow(() -> resource.notFound(text));
    }

    private ObjectNode single(ObjectNode body) {
        if (body.get(resource.singular()) instanceof ObjectNode object) {
            return object;
        }
        throw NetworkProblems.badRequest("Unable to find '" + resource.singular() + "' in request body");
    }

    private void requireWriter(Caller caller, String verb) {
        if (!caller.mayWrite()) {
            throw NetworkProblems.disallowed(verb + resource.singular());
        }
    }

    private static ObjectNode withFields(Exchange exchange, ObjectNode item) {
        List<String> fields = exchange.queryAll("fields");
        if (!fields.isEmpty()) {
            Set<String> wanted = Set.copyOf(fields);
            item.retain(wanted);
        }
        return item;
    }
}
