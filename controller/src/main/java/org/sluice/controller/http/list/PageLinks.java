package org.sluice.controller.http.list;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.sluice.controller.http.Exchange;

/** URLs of the request that is answered, with some of its query parameters changed, properly encoded. */
public final class PageLinks {
    private final Exchange exchange;

    PageLinks(Exchange exchange) {
        this.exchange = exchange;
    }

    /** The URL of this request as it came. */
    public String self() {
        return with(Map.of(), List.of());
    }

    /** The URL of this request with some parameters set and others left out. */
    public String with(Map<String, String> set, List<String> without) {
        return exchange.baseUrl() + pathWith(set, without);
    }

    /** The same without scheme and host, as the Image API gives its links. */
    public String pathWith(Map<String, String> set, List<String> without) {
        StringBuilder query = new StringBuilder();
        for (String name : exchange.queryNames()) {
            if (!set.containsKey(name) && !without.contains(name)) {
                exchange.queryAll(name).forEach(value -> append(query, name, value));
            }
        }
        new java.util.TreeMap<>(set).forEach((name, value) -> append(query, name, value));
        return exchange.rawPath() + (query.isEmpty() ? "" : "?" + query);
    }

    private static void append(StringBuilder query, String name, String value) {
        query.append(query.isEmpty() ? "" : "&")
                .append(encoded(name))
                .append('=')
                .append(encoded(value));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
