package org.sluice.controller.identity.service;

import java.util.List;
import org.sluice.controller.identity.wire.IdentityIds;

/**
 * A service that clients find through a token. All are paths of the listener at which the client reached us, so their URLs hold
 * for that client also behind an address translation.
 *
 * @param id 32 hexadecimal digits, the same on every controller
 * @param type what it is: {@code compute}
 * @param name what OpenStack calls it: {@code nova}
 * @param path where it is
 */
public record Service(String id, String type, String name, String path) {
    /** Those that there are. */
    public static final List<Service> ALL = List.of(
            of("image", "glance", "/image"),
            of("identity", "keystone", "/identity/v3"),
            of("network", "neutron", "/network"),
            of("compute", "nova", "/compute/v2.1"));

    private static Service of(String type, String name, String path) {
        return new Service(IdentityIds.ofCatalog(type), type, name, path);
    }
}
