package org.sluice.controller.compute.wire;

import org.sluice.controller.http.Json;
import tools.jackson.databind.node.ArrayNode;

/**
 * URLs of the Compute API as this client reaches it.
 *
 * @param baseUrl {@code http://127.0.0.1:8780}
 */
public record Links(String baseUrl) {
    /** Where the API is on the listener. */
    public static final String MOUNT = "/compute";
    /** Where the versioned API is below the mount. */
    public static final String VERSION_PATH = "/v2.1";

    /** The versioned URL of one thing. */
    public String self(String collection, String id) {
        return baseUrl + MOUNT + VERSION_PATH + "/" + collection + "/" + id;
    }

    /** The pair that nova gives: versioned and permanent. */
    public ArrayNode selfAndBookmark(String collection, String id) {
        ArrayNode links = bookmark(collection, id);
        links.insertObject(0).put("rel", "self").put("href", self(collection, id));
        return links;
    }

    /** The permanent URL alone. */
    public ArrayNode bookmark(String collection, String id) {
        ArrayNode links = Json.MAPPER.createArrayNode();
        links.addObject().put("rel", "bookmark").put("href", baseUrl + MOUNT + "/" + collection + "/" + id);
        return links;
    }
}
