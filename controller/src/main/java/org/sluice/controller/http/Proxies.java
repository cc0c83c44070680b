package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What a listener knows of whatever stands before it. Immutable and thread-safe.
 *
 * @param publicUrl the base of every URL that is handed out, without a slash at its end; without it, how each client reached us
 * @param trusted addresses and networks whose {@code Forwarded} and {@code X-Forwarded-*} headers are believed
 */
public record Proxies(Optional<String> publicUrl, List<IPAddress> trusted) {
    /** Nothing stands before it, and nobody is believed. */
    public static final Proxies NONE = new Proxies(Optional.empty(), List.of());

    private static final IPAddressStringParameters NETWORK = new IPAddressStringParameters.Builder()
            .allowAll(false)
            .allowEmpty(false)
            .allowMask(false)
            .allowWildcardedSeparator(false)
            .allowPrefixOnly(false)
            .allowSingleSegment(false)
            .getIPv4AddressParametersBuilder()
            .allow_inet_aton(false)
            .getParentBuilder()
            .toParams();

    public Proxies {
        requireNonNull(publicUrl, "publicUrl is null");
        trusted = List.copyOf(trusted);
    }

    /** An address or a network in CIDR form, without asking a name server; empty when it is none. */
    public static Optional<IPAddress> network(String text) {
        return Optional.ofNullable(new IPAddressString(text, NETWORK).getAddress())
                .map(IPAddress::toPrefixBlock)
                .filter(address -> !address.isMultiple() || address.isPrefixBlock());
    }

    /** Whether that peer is believed. */
    boolean trust(InetAddress peer) {
        if (trusted.isEmpty()) {
            return false;
        }
        IPAddress address = new IPAddressString(plain(peer)).getAddress();
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    /** Without the zone of a link-local address. */
    private static String plain(InetAddress address) {
        return address.getHostAddress().split("%", 2)[0];
    }
}
