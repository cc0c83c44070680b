package org.sluice.controller.compute;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Json;
import tools.jackson.databind.node.ArrayNode;

/**
 * URLs of the Compute API as this client reaches it.
 *
 * @param baseUrl {@code http://127.0.0.1:8780}
 */
record Links(String baseUrl) {
    /** The versioned URL of one thing. */
    String self(String collection, String id) {
        return baseUrl + ComputeFamily.MOUNT + ComputeFamily.VERSION_PATH + "/" + collection + "/" + id;
    }

    /** The pair that nova gives: versioned and permanent. */
    ArrayNode selfAndBookmark(String collection, String id) {
        ArrayNode links = bookmark(collection, id);
        links.insertObject(0).put("rel", "self").put("href", self(collection, id));
        return links;
    }

    /** The permanent URL alone. */
    ArrayNode bookmark(String collection, String id) {
        ArrayNode links = Json.MAPPER.createArrayNode();
        links.addObject()
                .put("rel", "bookmark")
                .put("href", baseUrl + ComputeFamily.MOUNT + "/" + collection + "/" + id);
        return links;
    }

    /** The link to the page that starts after {@code marker}: the same request with another marker. */
    ArrayNode next(Exchange exchange, String marker) {
        StringBuilder query = new StringBuilder();
        for (String name : exchange.queryNames()) {
            if (!name.equals("marker")) {
                for (String value : exchange.queryAll(name)) {
                    append(query, name, value);
                }
            }
        }
        append(query, "marker", marker);
        ArrayNode links = Json.MAPPER.createArrayNode();
        links.addObject().put("rel", "next").put("href", baseUrl + exchange.requestPath() + "?" + query);
        return links;
    }

    private static void append(StringBuilder query, String name, String value) {
        if (!query.isEmpty()) {
            query.append('&');
        }
        query.append(URLEncoder.encode(name, StandardCharsets.UTF_8))
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
}
