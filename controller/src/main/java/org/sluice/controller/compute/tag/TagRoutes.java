package org.sluice.controller.compute.tag;

import static java.util.Objects.requireNonNull;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.sluice.controller.compute.server.Server;
import org.sluice.controller.compute.server.ServerLookup;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ProblemException;

/** {@code /servers/ID/tags} (Compute API reference, "Server tags"), from 2.26 on. Thread-safe. */
public final class TagRoutes implements ResourceRoutes {
    private static final Rule INDEX = reader("index", "List a server's tags.");
    private static final Rule SHOW = reader("show", "See whether a server has a tag.");
    private static final Rule UPDATE = member("update", "Give a server a tag.");
    private static final Rule UPDATE_ALL = member("update_all", "Replace a server's tags.");
    private static final Rule DELETE = member("delete", "Take a tag from a server.");
    private static final Rule DELETE_ALL = member("delete_all", "Take all tags from a server.");

    private static final int FIRST_VERSION = 26;

    private final Transactions transactions;
    private final ServerLookup lookup = new ServerLookup();
    private final TagStore store = new TagStore();

    public TagRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    private static Rule reader(String what, String sentence) {
        return Rule.of("os_compute_api:os-server-tags:" + what, Who.PROJECT_READER, sentence);
    }

    private static Rule member(String what, String sentence) {
        return Rule.of("os_compute_api:os-server-tags:" + what, Who.PROJECT_MEMBER, sentence);
    }

    @Override
    public void routes(Routes routes) {
        String root = Links.VERSION_PATH + "/servers/{id}/tags";
        routes.get(root, INDEX, exchange -> all(tags(exchange))).since(FIRST_VERSION);
        routes.put(root, UPDATE_ALL, this::replace).since(FIRST_VERSION);
        routes.delete(root, DELETE_ALL, this::clear).since(FIRST_VERSION);
        routes.get(root + "/{tag}", SHOW, this::check).since(FIRST_VERSION);
        routes.put(root + "/{tag}", UPDATE, this::add).since(FIRST_VERSION);
        routes.delete(root + "/{tag}", DELETE, this::remove).since(FIRST_VERSION);
    }

    private List<String> tags(Exchange exchange) {
        return transactions.autocommit(handle -> lookup.find(handle, exchange)).tags();
    }

    private static Reply all(List<String> tags) {
        return Reply.ok(Map.of("tags", tags));
    }

    private Reply replace(Exchange exchange) {
        Fields fields = exchange.body().onlyKnows(Set.of("tags"));
        fields.needs("tags");
        List<String> tags = ServerTags.read(fields, "tags");
        change(exchange, old -> tags);
        return all(tags);
    }

    private Reply clear(Exchange exchange) {
        change(exchange, old -> List.of());
        return Reply.empty(204);
    }

    private Reply check(Exchange exchange) {
        String tag = exchange.path("tag");
        if (!tags(exchange).contains(tag)) {
            throw unknown(exchange, tag);
        }
        return Reply.empty(204);
    }

    private Reply add(Exchange exchange) {
        String tag = exchange.path("tag");
        if (!ServerTags.isTag(tag)) {
            throw Problems.badRequest("InvalidInput", "Invalid tag '" + tag + "': " + ServerTags.rule() + ".");
        }
        List<String> old = change(exchange, tags -> with(tags, tag));
        if (old.contains(tag)) {
            return Reply.empty(204);
        }
        String server = new Links(exchange.baseUrl()).self("servers", exchange.path("id"));
        String segment = URLEncoder.encode(tag, StandardCharsets.UTF_8).replace("+", "%20");
        return Reply.empty(201).withHeader("Location", server + "/tags/" + segment);
    }

    private static List<String> with(List<String> tags, String tag) {
        if (tags.contains(tag)) {
            return tags;
        }
        if (tags.size() >= ServerTags.MOST) {
            throw Problems.badRequest(
                    "TagLimitExceeded",
                    "The number of tags exceeded the per-server limit " + ServerTags.MOST + "; take one away first.");
        }
        List<String> more = new ArrayList<>(tags);
        more.add(tag);
        return more;
    }

    private Reply remove(Exchange exchange) {
        String tag = exchange.path("tag");
        change(exchange, tags -> {
            if (!tags.contains(tag)) {
                throw unknown(exchange, tag);
            }
            return tags.stream().filter(each -> !each.equals(tag)).toList();
        });
        return Reply.empty(204);
    }

    /** The tags as they were. */
    private List<String> change(Exchange exchange, UnaryOperator<List<String>> change) {
        return transactions.run(handle -> {
            Server server = lookup.findForUpdate(handle, exchange);
            store.set(handle, server.id(), change.apply(server.tags()));
            return server.tags();
        });
    }

    private static ProblemException unknown(Exchange exchange, String tag) {
        return Problems.notFound("ServerTagNotFound", "Server " + exchange.path("id") + " has no tag '" + tag + "'");
    }
}
