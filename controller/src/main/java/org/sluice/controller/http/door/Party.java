package org.sluice.controller.http.door;

import static java.util.Objects.requireNonNull;

import java.net.SocketAddress;

/** Whom a share is counted for: a user, or the address of somebody nobody has vouched for. */
public record Party(String name) {
    public Party {
        requireNonNull(name, "name is null");
    }

    /** That user, in whatever project and from wherever. */
    public static Party user(String id) {
        return new Party("user " + id);
    }

    /** Everybody at one IPv4 address or in one IPv6 /64. */
    public static Party at(SocketAddress peer) {
        return new Party("address " + AddressGroup.of(peer).name());
    }
}
