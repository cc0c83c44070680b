package org.sluice.controller.identity.wire;

import java.util.Map;
import org.sluice.controller.http.view.Shown;

/** URLs of the Identity API. Stateless. */
public final class IdentityLinks {
    /** Where the API is on the listener. */
    public static final String MOUNT = "/identity";

    private IdentityLinks() {}

    /** Where the versioned API is, as this client reached it: {@code http://cloud/identity/v3}. */
    public static String root(String baseUrl) {
        return baseUrl + MOUNT + "/v3";
    }

    /** The member {@code links} of a thing in that collection. */
    public static Map<String, String> self(Shown shown, String collection, String id) {
        return Map.of("self", root(shown.baseUrl()) + "/" + collection + "/" + id);
    }
}
