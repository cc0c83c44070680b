package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import inet.ipaddr.IPAddress;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.sluice.controller.http.door.Authority;

/**
 * Where a request came from, and how its client reached us, with what trusted proxies say about that: {@code Forwarded} (RFC
 * 7239), else {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code -Port}. What is malformed counts as not said.
 * Immutable.
 *
 * @param baseUrl the base of the URLs we hand out: {@code https://cloud.example}
 * @param address of the client; its port is 0 when a proxy told it
 */
record ClientOrigin(String baseUrl, InetSocketAddress address) {
    private static final int MOST_ELEMENTS = 32;

    ClientOrigin {
        requireNonNull(baseUrl, "baseUrl is null");
        requireNonNull(address, "address is null");
    }

    /** What one proxy said; empty parts were not said. */
    private record Said(
            Optional<InetAddress> client, Optional<String> scheme, Optional<Authority> authority, OptionalInt port) {
        static final Said NOTHING = new Said(Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty());
    }

    static ClientOrigin of(ServerRequest request, Proxies proxies) {
        if (!(request.remotePeer().address() instanceof InetSocketAddress peer)) {
            throw new IllegalStateException("a request came from no IP address");
        }
        return of(request.isSecure(), request.authority(), peer, request.headers(), proxies);
    }

    /** {@code host} is the header Host, which the door found to be an authority. */
    static ClientOrigin of(boolean secure, String host, InetSocketAddress peer, Headers headers, Proxies proxies) {
        Said said = proxies.trust(peer.getAddress()) ? said(headers, proxies) : Said.NOTHING;
        InetSocketAddress address =
                said.client().map(client -> new InetSocketAddress(client, 0)).orElse(peer);
        return new ClientOrigin(
                proxies.publicUrl()
                        .orElseGet(
                                () -> said.scheme().orElse(secure ? "https" : "http") + "://" + authority(host, said)),
                address);
    }

    private static String authority(String host, Said said) {
        Optional<Authority> given = said.authority().or(() -> Authority.parse(host));
        boolean portIsKnown = said.port().isEmpty()
                || said.authority()
                        .map(authority -> authority.port().isPresent())
                        .orElse(false);
        if (given.isEmpty() || portIsKnown) {
            return given.map(Authority::toString).orElse(host);
        }
        int port = said.port().getAsInt();
        boolean usual = port == (said.scheme().orElse("http").equals("https") ? 443 : 80);
        return usual
                ? new Authority(given.get().host(), OptionalInt.empty()).toString()
                : given.get().at(port).toString();
    }

    private static Said said(Headers headers, Proxies proxies) {
        List<String> elements = elements(headers, "Forwarded");
        return elements.isEmpty()
                ? saidInParts(headers, proxies)
                : outermost(elements, proxies).orElseGet(() -> saidInParts(headers, proxies));
    }

    /**
     * What the outermost of the trusted proxies said: going back from the last element, the first that a trusted proxy did not
     * send on for another one. What stands before it the client may have written itself.
     */
    private static Optional<Said> outermost(List<String> elements, Proxies proxies) {
        for (int i = elements.size() - 1; i >= 0; i--) {
            Optional<Said> said = element(elements.get(i));
            boolean sentOn = said.flatMap(Said::client).map(proxies::trust).orElse(false);
            if (!sentOn || i == 0) {
                return said;
            }
        }
        return Optional.empty();
    }

    /** One element, {@code for=192.0.2.43;proto=https;host="cloud.example:443"}; empty when it is malformed. */
    private static Optional<Said> element(String text) {
        Said said = Said.NOTHING;
        for (String pair : split(text, ';')) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                return Optional.empty();
            }
            Optional<String> value = unquoted(pair.substring(equals + 1).strip());
            if (value.isEmpty()) {
                return Optional.empty();
            }
            said = switch (pair.substring(0, equals).strip().toLowerCase(Locale.ROOT)) {
                case "for" -> new Said(node(value.get()), said.scheme(), said.authority(), said.port());
                case "proto" -> new Said(said.client(), scheme(value.get()), said.authority(), said.port());
                case "host" -> new Said(said.client(), said.scheme(), Authority.parse(value.get()), said.port());
                default -> said;
            };
        }
        return Optional.of(said);
    }

    private static Said saidInParts(Headers headers, Proxies proxies) {
        Optional<InetAddress> client = Optional.empty();
        List<String> addresses = elements(headers, "X-Forwarded-For");
        for (int i = addresses.size() - 1; i >= 0; i--) {
            Optional<InetAddress> next = node(addresses.get(i));
            if (next.isEmpty()) {
                break;
            }
            client = next;
            if (!proxies.trust(next.get())) {
                break;
            }
        }
        return new Said(
                client,
                first(headers, "X-Forwarded-Proto").flatMap(ClientOrigin::scheme),
                first(headers, "X-Forwarded-Host").flatMap(Authority::parse),
                first(headers, "X-Forwarded-Port").map(Authority::port).orElse(OptionalInt.empty()));
    }

    private static Optional<String> scheme(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return lower.equals("http") || lower.equals("https") ? Optional.of(lower) : Optional.empty();
    }

    /** An address, perhaps with a port; {@code unknown} and what proxies made up tell nothing. */
    private static Optional<InetAddress> node(String text) {
        String address = text;
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            address = end < 0 ? "" : text.substring(1, end);
        } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            address = text.substring(0, text.indexOf(':'));
        }
        return Proxies.network(address)
                .filter(found -> !found.isMultiple() && !found.isPrefixed())
                .map(IPAddress::toInetAddress);
    }

    private static Optional<String> first(Headers headers, String name) {
        List<String> elements = elements(headers, name);
        return elements.isEmpty() ? Optional.empty() : Optional.of(elements.getFirst());
    }

    /** All elements of a header, however many lines it has; more than {@value #MOST_ELEMENTS} are nobody's chain of proxies. */
    private static List<String> elements(Headers headers, String name) {
        List<String> all = new ArrayList<>();
        for (String line : headers.values(HeaderNames.create(name))) {
            all.addAll(split(line, ','));
        }
        return all.size() > MOST_ELEMENTS ? List.of() : all;
    }

    /** Parts that are not empty; a separator in quotes is none. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i < text.length() && text.charAt(i) == '"') {
                quoted = !quoted;
            }
            if (i == text.length() || (text.charAt(i) == separator && !quoted)) {
                String part = text.substring(start, i).strip();
                if (!part.isEmpty()) {
                    parts.add(part);
                }
                start = i + 1;
            }
        }
        return parts;
    }

    private static Optional<String> unquoted(String text) {
        if (!text.contains("\"")) {
            return Optional.of(text);
        }
        boolean whole = text.length() >= 2 && text.startsWith("\"") && text.indexOf('"', 1) == text.length() - 1;
        return whole ? Optional.of(text.substring(1, text.length() - 1)) : Optional.empty();
    }
}
