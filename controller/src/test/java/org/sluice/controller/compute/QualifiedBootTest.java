package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.fleet.FleetApi;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/** A host joins a cloud that requires qualification: boots, measurements and reasons, all through the APIs. */
class QualifiedBootTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    @Test
    void aHostTakesServersFromTheMeasurementOnThatItPasses() {
        try (ComputeCloud cloud = new ComputeCloud(postgres.database(), FleetApi.family(postgres.database()))) {
            cloud.host("compute01", 2);
            UUID network = cloud.network("NET1", "sriovnet0", 2401, "10.0.1");
            UUID image = cloud.newImage();
            String flavor = cloud.flavor("m1.small", 1, 512, 1);
            sluice(cloud, "PUT", "/qualification", "{\"policy\": \"required\"}", 200);

            JsonNode refused = boot(cloud, "early", flavor, image, cloud.port(network, "direct", "10.0.1.10"));

            assertThat(refused.path("status").asString()).isEqualTo("ERROR");
            assertThat(refused.path("fault").path("message").asString())
                    .isEqualTo("No valid host was found. QualificationFilter: The host was not qualified: no card of it"
                            + " was measured yet; run 'sluice traffic qualify' for it (1 host).");
            JsonNode reason = sluice(cloud, "GET", "/servers/early/explain", "", 200)
                    .path("server")
                    .path("decision")
                    .path("hosts")
                    .path(0);
            assertThat(reason.path("host").asString()).isEqualTo("compute01");
            assertThat(reason.path("accepted").asBoolean()).isFalse();
            assertThat(reason.path("reasons").path(0).path("filter").asString()).isEqualTo("QualificationFilter");

            JsonNode qualified = sluice(
                    cloud,
                    "POST",
                    "/hosts/compute01/qualifications",
                    FleetApi.summary("2026-03-31T12:00:00Z", 1_000_000),
                    201);
            assertThat(qualified.path("qualification").path("verdict").asString())
                    .isEqualTo("unrated");
            assertThat(qualified.path("policy").asString()).isEqualTo("required");

            JsonNode placed = boot(cloud, "late", flavor, image, cloud.port(network, "direct", "10.0.1.11"));
            assertThat(placed.path("status").asString()).isEqualTo("BUILD");
            assertThat(placed.path("OS-EXT-SRV-ATTR:host").asString()).isEqualTo("compute01");
        }
    }

    private static JsonNode boot(ComputeCloud cloud, String name, String flavor, UUID image, UUID port) {
        Answer answer = cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(name, flavor, image, "'networks': [{'port': '" + port + "'}]"));
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        String id = answer.json().path("server").path("id").asString();
        return cloud.admin().get("/v2.1/servers/" + id).json().path("server");
    }

    private static JsonNode sluice(ComputeCloud cloud, String method, String path, String json, int status) {
        Answer answer = cloud.client().send(method, "/sluice/v1" + path, Map.of("X-Auth-Token", "admin"), json);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        return answer.json();
    }
}
