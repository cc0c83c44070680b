package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/** What a client sees of a boot that waits for hosts which are just coming back. */
final class WaitingBootTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static String flavor = "";
    private static UUID image = new UUID(0, 0);

    /** A controller that has just begun: it remembers nothing of a host that was up. */
    private ComputeCloud cloud = new ComputeCloud(postgres.database(), Duration.ofMinutes(10));

    @BeforeAll
    static void oneHost() {
        try (ComputeCloud before = new ComputeCloud(postgres.database())) {
            before.host("compute01", 0);
            flavor = before.flavor("m1.small", 1, 512, 1);
            image = before.newImage();
        }
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @BeforeEach
    void theHostIsAway() {
        cloud.forgetServers();
        cloud.execute("update host set vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0, vcpus_total = 2,"
                + " last_seen_at = now() - interval '226 seconds'");
    }

    private Answer boot(String further) {
        Answer answer = cloud.as("member", "2.96")
                .post("/v2.1/servers", ComputeCloud.boot("vm", flavor, image, "'networks': 'none'" + further));
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return answer;
    }

    private static String state(JsonNode server) {
        return server.required("status").asString() + " "
                + server.required("OS-EXT-STS:task_state").asString("-") + " "
                + server.path("OS-EXT-SRV-ATTR:host").asString("-") + " "
                + server.at("/fault/message").asString("");
    }

    private List<String> states() {
        List<String> states = new ArrayList<>();
        cloud.admin()
                .get("/v2.1/servers/detail?sort_key=launch_index&sort_dir=asc")
                .json()
                .required("servers")
                .forEach(server -> states.add(state(server)));
        return states;
    }

    @Test
    void itIsInBuildUntilTheHostIsBackAndIsBuiltThere() {
        boot("");
        assertThat(states()).containsExactly("BUILD scheduling - ");
        assertThat(cloud.lookAtTheWaiting()).isZero();

        cloud.execute("update host set last_seen_at = now()");
        assertThat(cloud.lookAtTheWaiting()).isEqualTo(1);
        assertThat(states()).containsExactly("BUILD spawning compute01 ");
    }

    @Test
    void ofManyAllWaitAndThoseThatFitAreBuilt() {
        boot(", 'min_count': 2, 'max_count': 3");
        assertThat(states()).containsExactly("BUILD scheduling - ", "BUILD scheduling - ", "BUILD scheduling - ");

        cloud.execute("update host set last_seen_at = now()");
        assertThat(cloud.lookAtTheWaiting()).isEqualTo(3);

        assertThat(states()).filteredOn("BUILD spawning compute01 "::equals).hasSize(2);
        assertThat(states())
                .filteredOn(state -> state.startsWith("ERROR - ") && state.contains("CoreFilter"))
                .hasSize(1);
    }

    @Test
    void whatItIsToBeUsedForWhileItWaitsIsRefusedWithItsState() {
        String server = boot("").json().at("/server/id").asString();
        Answer stop = cloud.as("member", "2.96").post("/v2.1/servers/" + server + "/action", "{'os-stop': null}");
        assertThat(stop.status()).isEqualTo(409);
        assertThat(stop.text()).contains("while it is in task_state scheduling");
        assertThat(cloud.as("member", "2.96").delete("/v2.1/servers/" + server).status())
                .isEqualTo(204);
        assertThat(states()).isEmpty();
        assertThat(cloud.count("from waiting_server")).isZero();
    }
}
