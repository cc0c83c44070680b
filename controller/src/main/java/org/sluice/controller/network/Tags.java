package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Transactions;
import org.sluice.model.Problem.Kind;

/** The tags of a resource: a set of texts, each of 1 to 60 characters. */
final class Tags {
    private static final int LONGEST = 60;
    private static final int MOST = 50;

    private final Transactions transactions;
    private final Resource resource;

    Tags(Transactions transactions, Resource resource) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.resource = requireNonNull(resource, "resource is null");
    }

    void register(Routes routes) {
        String all = "/v2.0/" + resource.plural().replace('_', '-') + "/{id}/tags";
        routes.get(all, exchange -> Reply.ok(Map.of("tags", current(exchange))))
                .put(all, this::replace)
                .delete(all, exchange -> {
                    change(exchange, tags -> Set.of());
                    return Reply.empty(204);
                })
                .get(all + "/{tag}", exchange -> {
                    requireTag(exchange, current(exchange));
                    return Reply.empty(204);
                })
                .put(all + "/{tag}", exchange -> {
                    change(exchange, tags -> {
                        tags.add(checked(exchange.path("tag")));
                        return tags;
                    });
                    return Reply.empty(201);
                })
                .delete(all + "/{tag}", exchange -> {
                    change(exchange, tags -> {
                        requireTag(exchange, List.copyOf(tags));
                        tags.remove(exchange.path("tag"));
                        return tags;
                    });
                    return Reply.empty(204);
                });
    }

    private Reply replace(Exchange exchange) {
        Input input = new Input(exchange.bodyObject(), Set.of("tags"), Set.of(), "PUT");
        input.require("tags");
        Set<String> wanted = new LinkedHashSet<>();
        input.texts("tags").forEach(tag -> wanted.add(checked(tag)));
        change(exchange, tags -> wanted);
        return Reply.ok(Map.of("tags", List.copyOf(wanted)));
    }

    @FunctionalInterface
    private interface Change {
        Set<String> apply(Set<String> tags);
    }

    private void change(Exchange exchange, Change change) {
        UUID id = id(exchange);
        String table = resource.table().substring(0, resource.table().indexOf(' '));
        transactions.run(handle -> {
            // Others who change the tags wait here, so that no change is lost.
            handle.createQuery("select id from " + table + " where id = :id for no key update")
                    .bind("id", id)
                    .mapTo(UUID.class)
                    .findOne();
            Set<String> tags = new LinkedHashSet<>(current(handle, exchange, id));
            if (!exchange.caller().mayWrite()) {
                throw NetworkProblems.disallowed("update_" + resource.singular() + ":tags");
            }
            requireOwner(handle, exchange, id);
            Set<String> changed = change.apply(tags);
            if (changed.size() > MOST) {
                throw NetworkProblems.badField("tags", "there can be at most " + MOST);
            }
            return handle.createUpdate("update " + table + " set tags = cast(:tags as text[]),"
                            + " revision_number = revision_number + 1, updated_at = now() where id = :id")
                    .bindArray("tags", String.class, List.copyOf(changed))
                    .bind("id", id)
                    .execute();
        });
    }

    private void requireOwner(Handle handle, Exchange exchange, UUID id) {
        String owner =
                resource.show(handle, exchange.caller(), id).path("project_id").asString();
        if (!exchange.caller().isAdmin() && !owner.equals(exchange.caller().projectId())) {
            throw NetworkProblems.disallowed("update_" + resource.singular() + ":tags");
        }
    }

    private List<String> current(Exchange exchange) {
        UUID id = id(exchange);
        return transactions.run(handle -> current(handle, exchange, id));
    }

    private List<String> current(Handle handle, Exchange exchange, UUID id) {
        List<String> tags = new ArrayList<>();
        resource.show(handle, exchange.caller(), id).path("tags").forEach(tag -> tags.add(tag.asString()));
        return tags;
    }

    private static void requireTag(Exchange exchange, List<String> tags) {
        String tag = exchange.path("tag");
        if (!tags.contains(tag)) {
            throw NetworkProblems.of(Kind.NOT_FOUND, "TagNotFound", "Tag " + tag + " could not be found.");
        }
    }

    private static String checked(String tag) {
        if (tag.isEmpty() || tag.length() > LONGEST) {
            throw NetworkProblems.badField("tags", "'" + tag + "' is not a text of 1 to " + LONGEST + " characters");
        }
        return tag;
    }

    private UUID id(Exchange exchange) {
        String text = exchange.path("id");
        return Ids.parse(text).orElseThrow(() -> resource.notFound(text));
    }
}
