package org.sluice.controller.http;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.IPAddress;
import io.helidon.http.HeaderNames;
import io.helidon.http.WritableHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.controller.http.door.Authority;

/** Whose word counts on where a request came from. */
final class ClientOriginTest {
    private static final String PROXY = "192.0.2.10";
    private static final Proxies TRUSTING =
            new Proxies(Optional.empty(), networks(PROXY, "10.0.0.0/8", "2001:db8:1::/48"));

    private static List<IPAddress> networks(String... texts) {
        return Stream.of(texts).map(text -> Proxies.network(text).orElseThrow()).toList();
    }

    private static ClientOrigin origin(Proxies proxies, String peer, Map<String, String> said) {
        WritableHeaders<?> headers = WritableHeaders.create();
        said.forEach((name, value) -> headers.add(HeaderNames.create(name), value));
        return ClientOrigin.of(
                false, "internal:8774", new InetSocketAddress(InetAddress.ofLiteral(peer), 4711), headers, proxies);
    }

    private static String client(ClientOrigin origin) {
        return origin.address().getAddress().getHostAddress();
    }

    @Test
    void nobodyIsBelievedUnlessItIsSaid() {
        Map<String, String> said = Map.of(
                "Forwarded", "for=203.0.113.7;proto=https;host=evil.example",
                "X-Forwarded-Proto", "https",
                "X-Forwarded-Host", "evil.example",
                "X-Forwarded-For", "203.0.113.7");
        for (ClientOrigin origin : List.of(origin(Proxies.NONE, PROXY, said), origin(TRUSTING, "192.0.2.11", said))) {
            assertThat(origin.baseUrl()).isEqualTo("http://internal:8774");
            assertThat(origin.address().getPort()).isEqualTo(4711);
            assertThat(client(origin)).startsWith("192.0.2.1");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "Forwarded|for=203.0.113.7;proto=https;host=cloud.example|https://cloud.example|203.0.113.7",
                "Forwarded|For=\"[2001:db8::9]:4711\";Proto=HTTPS;Host=\"cloud.example:8443\"|https://cloud.example:8443|2001:db8:0:0:0:0:0:9",
                "Forwarded|for=203.0.113.7;proto=https, for=10.0.0.2|https://internal:8774|203.0.113.7",
                "Forwarded|for=198.51.100.1;proto=https, for=203.0.113.7|http://internal:8774|203.0.113.7",
                "Forwarded|for=_hidden;proto=https|https://internal:8774|192.0.2.10",
                "Forwarded|for=unknown|http://internal:8774|192.0.2.10",
                "Forwarded|proto=gopher;host=\"a b\"|http://internal:8774|192.0.2.10",
                "Forwarded|for=\"203.0.113.7|http://internal:8774|192.0.2.10",
                "Forwarded|nonsense|http://internal:8774|192.0.2.10",
                "X-Forwarded-Proto|https|https://internal:8774|192.0.2.10",
                "X-Forwarded-Proto|https, http|https://internal:8774|192.0.2.10",
                "X-Forwarded-Proto|javascript|http://internal:8774|192.0.2.10",
                "X-Forwarded-Host|cloud.example, other.example|http://cloud.example|192.0.2.10",
                "X-Forwarded-Host|cloud.example/x|http://internal:8774|192.0.2.10",
                "X-Forwarded-Port|443|http://internal:443|192.0.2.10",
                "X-Forwarded-Port|80|http://internal|192.0.2.10",
                "X-Forwarded-Port|0|http://internal:8774|192.0.2.10",
                "X-Forwarded-For|203.0.113.7|http://internal:8774|203.0.113.7",
                "X-Forwarded-For|203.0.113.7:55|http://internal:8774|203.0.113.7",
                "X-Forwarded-For|198.51.100.1, 203.0.113.7, 10.1.2.3|http://internal:8774|203.0.113.7",
                "X-Forwarded-For|198.51.100.1, localhost|http://internal:8774|192.0.2.10",
                "X-Forwarded-For|1.2|http://internal:8774|192.0.2.10",
                "X-Forwarded-For|10.0.0.0/8|http://internal:8774|192.0.2.10",
            })
    void aTrustedProxyIsBelievedAndItsGarbageIsNot(String header, String value, String base, String address) {
        ClientOrigin origin = origin(TRUSTING, PROXY, Map.of(header, value));
        assertThat(origin.baseUrl()).isEqualTo(base);
        assertThat(client(origin)).isEqualTo(address);
    }

    @Test
    void forwardedGoesBeforeTheOlderHeadersAndTheyStandInForItsGarbage() {
        Map<String, String> older = Map.of("X-Forwarded-Proto", "https", "X-Forwarded-Host", "old.example");
        assertThat(origin(TRUSTING, PROXY, with(older, "proto=http;host=new.example"))
                        .baseUrl())
                .isEqualTo("http://new.example");
        assertThat(origin(TRUSTING, PROXY, with(older, "=;=")).baseUrl()).isEqualTo("https://old.example");
    }

    private static Map<String, String> with(Map<String, String> headers, String forwarded) {
        Map<String, String> all = new java.util.HashMap<>(headers);
        all.put("Forwarded", forwarded);
        return all;
    }

    @Test
    void thePortOfAProxyBelongsToItsHost() {
        assertThat(origin(
                                TRUSTING,
                                "2001:db8:1::5",
                                Map.of(
                                        "X-Forwarded-Proto", "https",
                                        "X-Forwarded-Host", "cloud.example",
                                        "X-Forwarded-Port", "443"))
                        .baseUrl())
                .isEqualTo("https://cloud.example");
        assertThat(origin(
                                TRUSTING,
                                "10.255.0.1",
                                Map.of("X-Forwarded-Host", "cloud.example:81", "X-Forwarded-Port", "443"))
                        .baseUrl())
                .isEqualTo("http://cloud.example:81");
    }

    @Test
    void thePublicUrlIsTheBaseWhateverIsSaid() {
        Proxies named = new Proxies(Optional.of("https://cloud.example/api"), TRUSTING.trusted());
        ClientOrigin origin = origin(
                named,
                PROXY,
                Map.of("X-Forwarded-Proto", "http", "X-Forwarded-Host", "x", "X-Forwarded-For", "203.0.113.7"));
        assertThat(origin.baseUrl()).isEqualTo("https://cloud.example/api");
        assertThat(client(origin)).isEqualTo("203.0.113.7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cloud.example",
                "cloud.example:8774",
                "h",
                "127.0.0.1:1",
                "[::1]:8774",
                "a_b.example.",
                "[::ffff:192.0.2.1]"
            })
    void anAuthorityIsAHostAndPerhapsAPort(String text) {
        assertThat(Authority.parse(text).map(Authority::toString)).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":80",
                "a b",
                "a/b",
                "a@b",
                "a:0",
                "a:65536",
                "a:b",
                "[::1",
                "[::g]",
                "::1",
                "a..b",
                "\"><script>",
                "a,b",
                "ä.example"
            })
    void whatCannotStandInAUrlIsNone(String text) {
        assertThat(Authority.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "10.0.0.0/33", "10", "*", "10.0.0-5.1", "0.0.0.0.0", "/8", "10.0.0.*"})
    void whatIsNoNetworkIsNone(String text) {
        assertThat(Proxies.network(text)).isEmpty();
    }
}
