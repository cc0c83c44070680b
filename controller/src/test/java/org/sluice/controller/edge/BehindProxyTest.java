package org.sluice.controller.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.Proxies;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/** Every URL that the APIs hand out, behind a proxy that ends TLS and before one that nobody named. */
final class BehindProxyTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static final Map<String, String> SAID =
            Map.of("X-Forwarded-Proto", "https", "X-Forwarded-Host", "cloud.example.net");
    private static final Proxies TRUSTING =
            new Proxies(Optional.empty(), List.of(Proxies.network("127.0.0.1").orElseThrow()));
    private static final Proxies NAMED = new Proxies(Optional.of("https://named.example"), List.of());

    @TempDir
    Path spool;

    @Test
    void theLinksAreThoseOfTheAddressThatTheClientUses() throws Exception {
        assertThat(urls(TRUSTING)).isNotEmpty().allMatch(url -> url.startsWith("https://cloud.example.net/"));
        assertThat(urls(NAMED)).isNotEmpty().allMatch(url -> url.startsWith("https://named.example/"));
        assertThat(urls(Proxies.NONE)).isNotEmpty().allMatch(url -> url.startsWith("http://127.0.0.1:"));
    }

    private List<String> urls(Proxies proxies) throws Exception {
        List<String> found = new ArrayList<>();
        // Each with a pool of its own, as each controller has one.
        try (Database database = DATABASE.another();
                WholeApi api = new WholeApi(database, spool, Personas.all(), proxies);
                ApiClient client = new ApiClient(api.address())) {
            for (String path :
                    List.of("/identity", "/identity/v3", "/compute/", "/compute/v2.1/", "/network/", "/image/")) {
                collect(found, client.send("GET", path, SAID).json());
            }
            JsonNode token =
                    client.send("POST", "/identity/v3/auth/tokens", SAID, """
                    {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "admin",
                     "domain": {"id": "default"}, "password": "the admin's password"}}},
                     "scope": {"project": {"name": "admin", "domain": {"id": "default"}}}}}""").json();
            assertThat(token.at("/token/catalog").size()).isPositive();
            collect(found, token.at("/token/catalog"));
            Map<String, String> known = new java.util.HashMap<>(SAID);
            known.put("X-Auth-Token", "admin");
            for (String name : List.of("one", "two")) {
                client.send("POST", "/network/v2.0/networks", known, "{\"network\": {\"name\": \"" + name + "\"}}");
            }
            JsonNode page =
                    client.send("GET", "/network/v2.0/networks?limit=1", known).json();
            assertThat(page.path("networks_links").size()).isPositive();
            collect(found, page.path("networks_links"));
            collect(
                    found,
                    client.send("GET", "/compute/v2.1/flavors?limit=1", known).json());
        }
        return found;
    }

    /** Every URL by which a client goes on. */
    private static void collect(List<String> found, JsonNode tree) {
        for (String name : List.of("href", "url")) {
            if (tree.path(name).isString()
                    && !tree.path("rel").asString("").equals("describedby")
                    && !tree.path("href").asString("").contains("docs.openstack.org")) {
                found.add(tree.path(name).asString());
            }
        }
        tree.values().forEach(each -> collect(found, each));
    }
}
