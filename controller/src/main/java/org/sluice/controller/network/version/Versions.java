package org.sluice.controller.network.version;

import java.util.List;
import java.util.Map;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** The version documents, and the first resources of the one version there is. Stateless. */
public final class Versions implements ResourceRoutes {
    /** Where the API is on the listener. */
    public static final String MOUNT = "/network";

    private static final Rule DISCOVER =
            Rule.of("sluice:get_network_resources", Who.ANYONE, "Read what the Network API has.");
    private static final String CURRENT = "/v2.0";

    @Override
    public void routes(Routes routes) {
        routes.open("GET", "", Versions::all);
        routes.open("GET", "/", Versions::all);
        routes.get(CURRENT, DISCOVER, Versions::resources);
        routes.get(CURRENT + "/", DISCOVER, Versions::resources);
    }

    private static Reply all(Exchange exchange) {
        return Reply.ok(Map.of(
                "versions",
                List.of(Map.of("id", "v2.0", "status", "CURRENT", "links", List.of(self(exchange, CURRENT + "/"))))));
    }

    private static Reply resources(Exchange exchange) {
        return Reply.ok(Map.of(
                "resources",
                List.of(
                        resource(exchange, "network", "networks"),
                        resource(exchange, "subnet", "subnets"),
                        resource(exchange, "port", "ports"))));
    }

    private static Map<String, Object> resource(Exchange exchange, String name, String collection) {
        return Map.of(
                "name", name,
                "collection", collection,
                "links", List.of(self(exchange, CURRENT + "/" + collection)));
    }

    private static Map<String, String> self(Exchange exchange, String path) {
        return Map.of("rel", "self", "href", exchange.baseUrl() + MOUNT + path);
    }
}
