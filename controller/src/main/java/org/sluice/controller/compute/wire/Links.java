package org.sluice.controller.compute.wire;

import java.util.List;
import org.sluice.controller.http.view.View;

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
    public List<View.Nested<Link>> selfAndBookmark(String collection, String id) {
        return List.of(shown(new Link("self", self(collection, id))), shown(permanent(collection, id)));
    }

    /** The permanent URL alone. */
    public List<View.Nested<Link>> bookmark(String collection, String id) {
        return List.of(shown(permanent(collection, id)));
    }

    private Link permanent(String collection, String id) {
        return new Link("bookmark", baseUrl + MOUNT + "/" + collection + "/" + id);
    }

    private static View.Nested<Link> shown(Link link) {
        return new View.Nested<>(Link.VIEW, link);
    }

    /** A relation of a thing and the URL that has it (Compute API guide, "Links and References"). */
    public record Link(String rel, String href) {
        private static final View<Link> VIEW = View.<Link>of("link", "links")
                .member("rel", Link::rel)
                .member("href", Link::href)
                .build();
    }
}
