package org.sluice.controller.network.wire;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.view.View;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a POST asks to make: one thing, or many that are made all or none.
 *
 * @param isBulk whether the request has the list's member, and the reply must
 * @param items the attributes of each
 */
public record Creation(boolean isBulk, List<Fields> items) {
    public Creation {
        items = List.copyOf(items);
    }

    /**
     * Reads the entity.
     *
     * @param singular the member that holds one, {@code port}
     * @param plural the member that holds many, {@code ports}
     * @param most how many one request can make; all of one request are made in one transaction
     * @param attributes what each may have
     */
    public static Creation of(Exchange exchange, String singular, String plural, int most, Attributes attributes) {
        Fields body = exchange.body();
        if (!body.has(plural)) {
            Fields one = body.object(singular);
            body.onlyKnows(Set.of(singular));
            return new Creation(false, List.of(attributes.forCreate(one)));
        }
        body.onlyKnows(Set.of(plural));
        JsonNode many = body.required(plural);
        if (!many.isArray() || many.isEmpty()) {
            throw NetworkProblems.badRequest("Resources required");
        }
        if (many.size() > most) {
            throw NetworkProblems.badRequest("One request can make " + most + " " + plural
                    + " at most, and this one asks for " + many.size() + "; send several requests.");
        }
        List<Fields> items = new ArrayList<>(many.size());
        for (JsonNode item : many) {
            if (!(item instanceof ObjectNode object)) {
                throw NetworkProblems.badRequest("Invalid resource: each of " + plural + " must be an object");
            }
            items.add(attributes.forCreate(Fields.of(singular, object, body.wording())));
        }
        return new Creation(true, items);
    }

    /** 201 with what was made, in the form in which it was asked for. */
    public <T> Reply reply(View<T> view, List<T> made, Exchange exchange) {
        requireNonNull(view, "view is null");
        return isBulk ? view.replyAll(201, made, exchange) : view.reply(201, made.getFirst(), exchange);
    }
}
