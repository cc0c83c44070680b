package org.sluice.controller.identity.password;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/**
 * Who tries a password, as far as one can tell before it is right.
 *
 * @param network the peer's IPv4 address, or the /64 of its IPv6 address: whoever has one address of it has all
 * @param user the user meant: its identifier where there is such a user, otherwise what the request calls it
 */
public record LogInSource(String network, String user) {
    private static final int PREFIX_BYTES = 8;

    /** Somebody at that address. */
    public static LogInSource of(InetAddress peer, String user) {
        String network = peer instanceof Inet6Address
                ? HexFormat.of().formatHex(peer.getAddress(), 0, PREFIX_BYTES)
                : peer.getHostAddress();
        return new LogInSource(network, user);
    }
}
