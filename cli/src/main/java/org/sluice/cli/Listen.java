package org.sluice.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where to listen, as the user writes it: {@code 127.0.0.1:8774}, {@code [::1]:8774}, {@code 0.0.0.0:8774}.
 *
 * @param address the local address
 * @param port 0 to 65535; 0 takes a free one
 */
record Listen(InetAddress address, int port) {
    /** Port of the OpenStack APIs when none is given: Nova's own. */
    static final String DEFAULT = "127.0.0.1:8774";

    private static final int LARGEST_PORT = 65_535;

    InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }

    /** The agents' listener when none is given: the next port on the same address. */
    Listen next() {
        return new Listen(address, port == 0 ? 0 : port + 1);
    }

    @Override
    public String toString() {
        return authority(socketAddress());
    }

    /** {@code ADDRESS:PORT} as it stands in a URL; an IPv6 address is bracketed. */
    static String authority(InetSocketAddress socket) {
        String host = socket.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + socket.getPort();
    }

    /** The same for whoever connects from this machine: a listener on every address is reached over loopback. */
    static String reachable(InetSocketAddress socket) {
        return socket.getAddress().isAnyLocalAddress()
                ? authority(new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getPort()))
                : authority(socket);
    }

    /** Reads an option's value. */
    static final class Converter implements ITypeConverter<Listen> {
        @Override
        public Listen convert(String text) {
            int colon = text.lastIndexOf(':');
            if (colon <= 0) {
                throw new TypeConversionException("\"" + text + "\" is not ADDRESS:PORT, such as " + DEFAULT + ".");
            }
            String host = text.substring(0, colon);
            String port = text.substring(colon + 1);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            try {
                int number = Integer.parseInt(port);
                if (number < 0 || number > LARGEST_PORT) {
                    throw new TypeConversionException("port " + port + " is not between 0 and 65535.");
                }
                return new Listen(InetAddress.getByName(host), number);
            } catch (NumberFormatException notANumber) {
                throw new TypeConversionException("\"" + port + "\" is not a port number.");
            } catch (UnknownHostException unknown) {
                throw new TypeConversionException("\"" + host + "\" is not an address of this machine.");
            }
        }
    }
}
