package org.sluice.controller.image;

import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Database;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The Image API, version 2, under {@code /image}. See the OpenStack Image API reference. */
public final class ImageFamily implements ApiFamily {
    static final String MOUNT = "/image";

    private static final int NEWEST_MINOR = 15;
    /** OpenStack gave out no stable 2.14. */
    private static final int NEVER_RELEASED_MINOR = 14;

    private final ImageRoutes images;
    private final ImageSchemas schemas = new ImageSchemas();
    private final Faults faults = new ImageFaults();

    /**
     * Images are kept in that database.
     *
     * @param bytes of the images, best over connections of their own
     * @param sweep removes bytes that no image needs any more
     * @param room for uploads on their way
     */
    public ImageFamily(Database database, ImageBytes bytes, ImageSweep sweep, UploadRoom room, InstantSource clock) {
        this.images = new ImageRoutes(database, bytes, sweep, room, clock);
    }

    @Override
    public String mount() {
        return MOUNT;
    }

    @Override
    public void routes(Routes routes) {
        for (String root : List.of("", "/")) {
            routes.publicRoute("GET", root, exchange -> Reply.json(300, versions(exchange)))
                    .publicRoute("GET", "/versions" + root, exchange -> Reply.ok(versions(exchange)));
        }
        images.addTo(routes);
        schemas.addTo(routes);
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public Reply finish(Exchange exchange, Reply reply) {
        Reply worded = ImageFaults.forClient(exchange, reply);
        return reply.status() == 401
                ? worded.withHeader("WWW-Authenticate", "Keystone uri=\"" + exchange.baseUrl() + "/identity\"")
                : worded;
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
