package org.sluice.controller.http.door;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Host and port as a URL has them (RFC 3986, section 3.2): a name, an IPv4 address, or an IPv6 address in brackets.
 *
 * @param host as it stands in a URL
 * @param port 1 to 65535, if one is given
 */
public record Authority(String host, OptionalInt port) {
    /** Letters, digits, hyphen and underscore; a name ends in a dot at most (RFC 1123, section 2.1). */
    private static final Pattern FORM = Pattern.compile(
            "(\\[[0-9a-fA-F:.]{2,45}]|[A-Za-z0-9_-]{1,63}(?:\\.[A-Za-z0-9_-]{1,63}){0,126}\\.?)(?::([0-9]{1,5}))?");

    private static final int LONGEST = 255 + 6;
    private static final int LARGEST_PORT = 65_535;
    private static final IPAddressStringParameters ADDRESS = new IPAddressStringParameters.Builder()
            .allowAll(false)
            .allowEmpty(false)
            .allowPrefix(false)
            .allowSingleSegment(false)
            .allowMask(false)
            .allowWildcardedSeparator(false)
            .toParams();

    public Authority {
        requireNonNull(host, "host is null");
        requireNonNull(port, "port is null");
    }

    /** Reads it; empty when it is none. */
    public static Optional<Authority> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (text.length() > LONGEST || !matcher.matches()) {
            return Optional.empty();
        }
        String host = matcher.group(1);
        if (host.startsWith("[") && !isIpv6(host.substring(1, host.length() - 1))) {
            return Optional.empty();
        }
        String digits = matcher.group(2);
        if (digits == null) {
            return Optional.of(new Authority(host, OptionalInt.empty()));
        }
        return port(digits).stream()
                .mapToObj(port -> new Authority(host, OptionalInt.of(port)))
                .findFirst();
    }

    /** A port in decimal digits; empty when it is none. */
    public static OptionalInt port(String digits) {
        if (!digits.matches("[0-9]{1,5}")) {
            return OptionalInt.empty();
        }
        int port = Integer.parseInt(digits);
        return port < 1 || port > LARGEST_PORT ? OptionalInt.empty() : OptionalInt.of(port);
    }

    /** The same host at another port. */
    public Authority at(int other) {
        return new Authority(host, OptionalInt.of(other));
    }

    private static boolean isIpv6(String text) {
        return new IPAddressString(text, ADDRESS).isIPv6();
    }

    @Override
    public String toString() {
        return port.isPresent() ? host + ":" + port.getAsInt() : host;
    }
}
