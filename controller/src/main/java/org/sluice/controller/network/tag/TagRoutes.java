package org.sluice.controller.network.tag;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.network.wire.IfMatch;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.Target;
import org.sluice.controller.store.Transactions;
import org.sluice.model.Problem.Kind;

/** {@code .../tags} of one resource (Networking API reference, "Standard Attributes Tag Extension"). Thread-safe. */
public final class TagRoutes implements ResourceRoutes {
    private static final int LONGEST = 60;
    private static final int MOST = 50;

    private final Transactions transactions;
    private final Tagged tagged;
    private final TagStore store;

    public TagRoutes(Transactions transactions, Tagged tagged) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.tagged = requireNonNull(tagged, "tagged is null");
        this.store = new TagStore(tagged);
    }

    @Override
    public void routes(Routes routes) {
        String all = tagged.collection() + "/{id}/tags";
        routes.get(all, tagged.get(), exchange -> Reply.ok(Map.of("tags", current(exchange))));
        routes.put(all, tagged.update(), this::replace);
        routes.delete(all, tagged.update(), exchange -> {
            change(exchange, tags -> Set.of());
            return Reply.empty(204);
        });
        routes.get(all + "/{tag}", tagged.get(), exchange -> {
            requireTag(exchange, current(exchange));
            return Reply.empty(204);
        });
        routes.put(all + "/{tag}", tagged.update(), this::add);
        routes.delete(all + "/{tag}", tagged.update(), this::remove);
    }

    private Reply replace(Exchange exchange) {
        Fields fields = exchange.body().onlyKnows(Set.of("tags"));
        fields.needs("tags");
        Set<String> wanted = new LinkedHashSet<>();
        fields.texts("tags", Integer.MAX_VALUE, 0, Integer.MAX_VALUE).forEach(tag -> wanted.add(checked(tag)));
        change(exchange, tags -> wanted);
        return Reply.ok(Map.of("tags", List.copyOf(wanted)));
    }

    private Reply add(Exchange exchange) {
        String tag = checked(exchange.path("tag"));
        change(exchange, tags -> {
            Set<String> more = new LinkedHashSet<>(tags);
            more.add(tag);
            return more;
        });
        return Reply.empty(201);
    }

    private Reply remove(Exchange exchange) {
        change(exchange, tags -> {
            requireTag(exchange, List.copyOf(tags));
            Set<String> fewer = new LinkedHashSet<>(tags);
            fewer.remove(exchange.path("tag"));
            return fewer;
        });
        return Reply.empty(204);
    }

    private void change(Exchange exchange, UnaryOperator<Set<String>> change) {
        UUID id = id(exchange);
        IfMatch ifMatch = IfMatch.of(exchange);
        transactions.use(handle -> {
            TagStore.Found found = find(handle, exchange, id, true);
            exchange.require(Target.ofProject(found.project()).onNetworkOf(found.networkOwner()));
            ifMatch.require(found.revision());
            Set<String> changed = change.apply(new LinkedHashSet<>(found.tags()));
            if (changed.size() > MOST) {
                throw NetworkProblems.badField("tags", "there can be at most " + MOST);
            }
            store.write(handle, id, new ArrayList<>(changed));
        });
    }

    private List<String> current(Exchange exchange) {
        UUID id = id(exchange);
        return transactions.run(handle -> find(handle, exchange, id, false)).tags();
    }

    private TagStore.Found find(Handle handle, Exchange exchange, UUID id, boolean lock) {
        return store.find(handle, id, exchange.rows(tagged.get()), lock)
                .orElseThrow(() -> tagged.notFound().apply(id));
    }

    private static void requireTag(Exchange exchange, List<String> tags) {
        String tag = exchange.path("tag");
        if (!tags.contains(tag)) {
            throw NetworkProblems.of(Kind.NOT_FOUND, "TagNotFound", "Tag " + tag + " could not be found.");
        }
    }

    private static String checked(String tag) {
        if (tag.isEmpty() || tag.codePointCount(0, tag.length()) > LONGEST) {
            throw NetworkProblems.badField("tags", "'" + tag + "' is not a text of 1 to " + LONGEST + " characters");
        }
        return tag;
    }

    private UUID id(Exchange exchange) {
        String text = exchange.path("id");
        return Ids.parse(text).orElseThrow(() -> tagged.notFound().apply(text));
    }
}
