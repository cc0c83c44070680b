package org.sluice.controller.identity.wire;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Identifiers as OpenStack writes them: 32 hexadecimal digits. Stateless. */
public final class IdentityIds {
    private IdentityIds() {}

    /** A new one. */
    public static String next() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    /** The one of what the catalog calls so: every controller must give the same without asking another. */
    public static String ofCatalog(String name) {
        return UUID.nameUUIDFromBytes(("sluice catalog " + name).getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }
}
