package org.sluice.cli.settings;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where to listen, as the user writes it: {@code 127.0.0.1:8774}, {@code [::1]:8774}, {@code 0.0.0.0:8774}.
 *
 * @param address the local address
 * @param port 0 to 65535; 0 takes a free one
 */
public record Listen(InetAddress address, int port) {
    private static final int LARGEST_PORT = 65_535;

    public Listen {
        requireNonNull(address, "address is null");
    }

    /** The same as a socket has it. */
    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }

    /** The agents' listener when none is given: the next port on the same address. */
    public Listen next() {
        return new Listen(address, port == 0 ? 0 : port + 1);
    }

    @Override
    public String toString() {
        return authority(socketAddress());
    }

    /** {@code ADDRESS:PORT} as it stands in a URL; an IPv6 address is bracketed. */
    public static String authority(InetSocketAddress socket) {
        String host = socket.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + socket.getPort();
    }

    /** The same for whoever connects from this machine: a listener on every address is reached over loopback. */
    public static String reachable(InetSocketAddress socket) {
        return socket.getAddress().isAnyLocalAddress()
                ? authority(new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getPort()))
                : authority(socket);
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException with a sentence when it is none
     */
    public static Listen parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("it is not ADDRESS:PORT");
        }
        String host = text.substring(0, colon);
        String port = text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > LARGEST_PORT) {
            throw new IllegalArgumentException("the port is not between 0 and " + LARGEST_PORT);
        }
        try {
            return new Listen(InetAddress.getByName(host), Integer.parseInt(port));
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException("'" + host + "' is not an address of this machine", unknown);
        }
    }
}
