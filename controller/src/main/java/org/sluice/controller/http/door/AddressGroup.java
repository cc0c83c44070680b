package org.sluice.controller.http.door;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HexFormat;

/**
 * Whom connections are counted for: an IPv4 address, or the /64 of an IPv6 address, because a host owns that many (RFC 6177).
 *
 * @param name the address, or the first 64 bits in hexadecimal digits
 */
record AddressGroup(String name) {
    static AddressGroup of(SocketAddress peer) {
        return peer instanceof InetSocketAddress socket && socket.getAddress() != null
                ? of(socket.getAddress())
                : new AddressGroup("");
    }

    static AddressGroup of(InetAddress address) {
        return address instanceof Inet6Address six && !six.isLoopbackAddress() && !six.isLinkLocalAddress()
                ? new AddressGroup(HexFormat.of().formatHex(six.getAddress(), 0, 8))
                : new AddressGroup(address.getHostAddress());
    }
}
