package org.sluice.controller.image.version;

import java.util.List;
import java.util.stream.IntStream;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The version documents. Stateless. */
public final class Versions implements ResourceRoutes {
    /** Where the API is on the listener. */
    public static final String MOUNT = "/image";

    private static final int NEWEST_MINOR = 15;
    /** OpenStack gave out no stable 2.14. */
    private static final int NEVER_RELEASED_MINOR = 14;

    /** The newest version, {@code 2.15}. */
    public static String newest() {
        return "2." + NEWEST_MINOR;
    }

    @Override
    public void routes(Routes routes) {
        for (String slash : List.of("", "/")) {
            routes.open("GET", slash, exchange -> Reply.json(300, versions(exchange)));
            routes.open("GET", "/versions" + slash, exchange -> Reply.ok(versions(exchange)));
        }
    }

    private static ObjectNode versions(Exchange exchange) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        ArrayNode versions = json.putArray("versions");
        IntStream.iterate(NEWEST_MINOR, minor -> minor >= 0, minor -> minor - 1)
                .filter(minor -> minor != NEVER_RELEASED_MINOR)
                .forEach(minor -> versions.addObject()
                        .put("id", "v2." + minor)
                        .put("status", minor == NEWEST_MINOR ? "CURRENT" : "SUPPORTED")
                        .putArray("links")
                        .addObject()
                        .put("rel", "self")
                        .put("href", exchange.baseUrl() + MOUNT + "/v2/"));
        return json;
    }
}
