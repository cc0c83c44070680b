package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * An IP address together with the length of its network's prefix.
 *
 * @param address IPv4 or IPv6
 * @param length 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record IpPrefix(InetAddress address, int length) {
    /** Checks the range. */
    public IpPrefix {
        requireNonNull(address, "address is null");
        int bits = address.getAddress().length * Byte.SIZE;
        if (length < 0 || length > bits) {
            throw new IllegalArgumentException(
                    "The prefix length " + length + " is out of range: use 0 to " + bits + ".");
        }
    }

    /** Reads {@code 10.0.0.1/24} or {@code fd00::1/64}; never asks a name server. */
    public static IpPrefix parse(String text) {
        int slash = requireNonNull(text, "text is null").lastIndexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("\"" + text + "\" has no prefix length: write it as in 10.0.0.1/24.");
        }
        try {
            return new IpPrefix(
                    InetAddress.ofLiteral(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException notNumber) {
            throw new IllegalArgumentException(
                    "The prefix length in \"" + text + "\" is no number: write it as in 10.0.0.1/24.", notNumber);
        }
    }

    int family() {
        return address instanceof Inet4Address ? Rtnetlink.AF_INET : Rtnetlink.AF_INET6;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + length;
    }
}
