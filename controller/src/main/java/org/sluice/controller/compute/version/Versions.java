package org.sluice.controller.compute.version;

import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.compute.wire.Microversion;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import tools.jackson.databind.node.ObjectNode;

/** The version documents, from which clients learn the range of microversions. They need no token. */
public final class Versions implements ResourceRoutes {
    @Override
    public void routes(Routes routes) {
        routes.open("GET", "", Versions::all);
        routes.open("GET", "/", Versions::all);
        routes.open("GET", Links.VERSION_PATH, Versions::current);
        routes.open("GET", Links.VERSION_PATH + "/", Versions::current);
    }

    private static Reply all(Exchange exchange) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.putArray("versions").add(version(exchange));
        return Reply.ok(body);
    }

    private static Reply current(Exchange exchange) {
        ObjectNode version = version(exchange);
        version.withArrayProperty("links")
                .addObject()
                .put("rel", "describedby")
                .put("type", "text/html")
                .put("href", "https://docs.openstack.org/api-ref/compute/");
        version.putArray("media-types")
                .addObject()
                .put("base", "application/json")
                .put("type", "application/vnd.openstack.compute+json;version=2.1");
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.set("version", version);
        return Reply.ok(body);
    }

    private static ObjectNode version(Exchange exchange) {
        ObjectNode version = Json.MAPPER
                .createObjectNode()
                .put("id", "v2.1")
                .put("status", "CURRENT")
                .put("version", Microversion.LATEST.toString())
                .put("min_version", Microversion.FIRST.toString())
                .put("updated", "2013-07-23T11:33:21Z");
        version.putArray("links")
                .addObject()
                .put("rel", "self")
                .put("href", exchange.baseUrl() + Links.MOUNT + Links.VERSION_PATH + "/");
        return version;
    }
}
