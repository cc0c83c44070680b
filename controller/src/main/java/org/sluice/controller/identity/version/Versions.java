package org.sluice.controller.identity.version;

import java.util.List;
import java.util.Map;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.view.View;
import org.sluice.controller.identity.wire.IdentityLinks;

/** The version documents. Stateless. */
public final class Versions implements ResourceRoutes {
    private static final View<String> VERSION = View.<String>of("version", "versions")
            .member("id", root -> "v3.14")
            .member("status", root -> "stable")
            .member("updated", root -> "2020-04-07T00:00:00Z")
            .member("links", root -> List.of(Map.of("rel", "self", "href", root + "/")))
            .member(
                    "media-types",
                    root -> List.of(
                            Map.of("base", "application/json", "type", "application/vnd.openstack.identity-v3+json")))
            .build();

    private static final View<String> ALL = View.<String>of("versions", "versions")
            .member("values", root -> List.of(new View.Nested<>(VERSION, root)))
            .build();

    @Override
    public void routes(Routes routes) {
        for (String slash : List.of("", "/")) {
            routes.open("GET", slash, Versions::all);
            routes.open("GET", "/v3" + slash, Versions::one);
        }
    }

    private static Reply all(Exchange exchange) {
        String root = IdentityLinks.root(exchange.baseUrl());
        return ALL.reply(300, root, exchange).withHeader("Location", root + "/");
    }

    private static Reply one(Exchange exchange) {
        return VERSION.ok(IdentityLinks.root(exchange.baseUrl()), exchange);
    }
}
