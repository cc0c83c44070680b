package org.sluice.controller.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Route;
import org.sluice.controller.store.TestDatabase;

/** Every route of the table, asked with a query parameter that it does not know, or that it is to obey. */
class QueriesTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    private static WholeApi api;
    private static ApiClient client;

    @BeforeAll
    static void start(@TempDir Path spool) {
        api = new WholeApi(DATABASE.database(), spool, Personas.all());
        client = new ApiClient(api.address());
    }

    @AfterAll
    static void stop() {
        client.close();
        api.close();
    }

    @Test
    void whatARouteDoesNotKnowIsRefusedByName() {
        SoftAssertions all = new SoftAssertions();
        for (ApiFamily family : api.table().families()) {
            for (Route route : api.table().routes(family)) {
                // A list of images can be narrowed by every property that an image may have.
                if (family.mount().equals("/image") && route.list().isPresent()) {
                    continue;
                }
                ApiClient.Answer answer = send(family, route, "no-such-parameter=x");
                all.assertThat(answer.status()).as(named(family, route)).isEqualTo(400);
                if (!route.method().equals("HEAD")) {
                    all.assertThat(answer.text()).as(named(family, route)).contains("no-such-parameter");
                }
            }
        }
        all.assertAll();
    }

    @Test
    void whatARouteSaysThatItTakesIsNotRefusedAsUnknown() {
        SoftAssertions all = new SoftAssertions();
        for (ApiFamily family : api.table().families()) {
            for (Route route : api.table().routes(family)) {
                for (Route.Parameter parameter : route.parameters()) {
                    all.assertThat(send(family, route, parameter.name() + "=1").text())
                            .as("%s of %s", parameter.name(), named(family, route))
                            .doesNotContain("Additional properties", "is not known", "is not a query parameter");
                }
            }
        }
        all.assertAll();
    }

    @ParameterizedTest
    @CsvSource({
        "/compute/v2.1/os-keypairs/mine?user_id=x, 2.9, 400",
        "/compute/v2.1/os-keypairs/mine?user_id=x, 2.10, 404",
        "/compute/v2.1/os-hypervisors/1?with_servers=true, 2.52, 400",
        "/compute/v2.1/os-migrations?limit=1, 2.58, 400",
        "/compute/v2.1/os-migrations?limit=1, 2.59, 200",
    })
    void aParameterIsThereFromItsMicroversionOn(String path, String version, int status) {
        ApiClient.Answer answer = client.send(
                "GET", path, Map.of("X-Auth-Token", "admin", "OpenStack-API-Version", "compute " + version));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    }

    private static ApiClient.Answer send(ApiFamily family, Route route, String query) {
        String path = family.mount()
                + route.pattern().replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
        int minor = Math.min(route.versions().until(), 96);
        return client.send(
                route.method(),
                path + "?" + query,
                Map.of("X-Auth-Token", "admin", "OpenStack-API-Version", "compute 2." + minor),
                "");
    }

    private static String named(ApiFamily family, Route route) {
        return route.method() + " " + family.mount() + route.pattern();
    }
}
