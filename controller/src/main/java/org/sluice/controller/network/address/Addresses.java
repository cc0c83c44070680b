package org.sluice.controller.network.address;

import java.net.InetAddress;
import java.util.Optional;

/** IP addresses as text: which texts are literal addresses, never a name that something would have to resolve. */
final class Addresses {
    private Addresses() {}

    /** Whether the text is a literal IPv4 (four numbers) or IPv6 address without a zone. */
    static boolean isAddress(String text) {
        return parse(text).isPresent();
    }

    /** The address that the text writes; empty for anything else. */
    static Optional<InetAddress> parse(String text) {
        if (text.indexOf('%') >= 0 || (text.indexOf(':') < 0 && !text.matches("\\d{1,3}(\\.\\d{1,3}){3}"))) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }
}
