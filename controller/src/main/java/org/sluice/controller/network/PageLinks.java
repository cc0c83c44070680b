package org.sluice.controller.network;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.controller.http.Exchange;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The links to the next and the previous page, where a request asked for pages. */
final class PageLinks {
    private PageLinks() {}

    static void add(ObjectNode reply, String member, Exchange exchange, Selection selection, List<String> ids) {
        if (selection.limit() == 0) {
            return;
        }
        boolean full = ids.size() >= selection.limit();
        ArrayNode links = reply.putArray(member);
        Optional<String> given = exchange.query("marker");
        if (full || selection.reverse()) {
            link(links, "next", exchange, ids.isEmpty() ? given : Optional.of(ids.getLast()), false);
        }
        if (full || !selection.reverse()) {
            link(links, "previous", exchange, ids.isEmpty() ? given : Optional.of(ids.getFirst()), true);
        }
    }

    private static void link(
            ArrayNode links, String relation, Exchange exchange, Optional<String> marker, boolean reverse) {
        List<String> parameters = new ArrayList<>();
        for (String part : exchange.queryString().split("&")) {
            if (!part.isEmpty() && !part.startsWith("marker=") && !part.startsWith("page_reverse=")) {
                parameters.add(part);
            }
        }
        marker.ifPresent(id -> parameters.add("marker=" + URLEncoder.encode(id, StandardCharsets.UTF_8)));
        if (reverse) {
            parameters.add("page_reverse=True");
        }
        ObjectNode link = links.addObject();
        link.put("rel", relation);
        link.put("href", exchange.baseUrl() + exchange.requestPath() + "?" + String.join("&", parameters));
    }
}
