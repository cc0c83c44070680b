package org.sluice.controller.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.fleet.FleetApi;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.VnicType;
import org.sluice.model.qualification.QualificationPolicy;

/** What the policy does to placements, on a fleet of inventories, said through the API and seen by every controller. */
class QualificationGateTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static final String MORNING = "2026-03-31T08:00:00Z";
    private static final String NOON = "2026-03-31T12:00:00Z";
    private static final String BASELINE = """
            {"figures": [{"frame_bytes": 64, "frames_per_second": 1000, "p99_latency_ns": 20000}]}""";

    /** Long enough for a machine that is busy with other things. */
    private static final Duration LONG = Duration.ofMinutes(1);

    private final TestFleet fleet = new TestFleet(postgres.database());
    private final FleetApi api = new FleetApi(postgres.database());
    private NetworkId network = NetworkId.random();
    private HostId node = HostId.random();

    @BeforeEach
    void oneHost() {
        fleet.clear();
        FleetApi.forgetQualification(postgres);
        node = fleet.host("node0", 4);
        network = fleet.network(TestFleet.VF_NETWORK, 2401);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void aHostWithoutAMeasurementGetsNoServersAndOneThatPassedDoes() {
        policy("required");
        assertThat(boot(fleet).refusal())
                .isEqualTo("No valid host was found. QualificationFilter: The host was not qualified: no card of it was"
                        + " measured yet; run 'sluice traffic qualify' for it (1 host).");

        post("node0", FleetApi.summary(NOON, 1_000));

        assertThat(boot(fleet).placed().host()).isEqualTo(node);
    }

    @Test
    void theNewestMeasurementCounts() {
        policy("required");
        api.put("/qualification/baselines/8086:10c9:igb:1000:short", BASELINE);
        post("node0", FleetApi.summary(MORNING, 1_000));
        assertThat(boot(fleet).isPlaced()).isTrue();

        post("node0", FleetApi.summary(NOON, 810));

        assertThat(boot(fleet).refusal())
                .isEqualTo("No valid host was found. QualificationFilter: The qualification of ens1f0 failed: At 64"
                        + " bytes it reached 81 % of its class's baseline, 90 % are required (1 host).");
        assertThat(api.put("/qualification", "{\"required_share\": 0.8}").status())
                .isEqualTo(200);
        assertThat(boot(fleet).isPlaced()).isTrue();
    }

    @Test
    void adviceIsShownAndRefusesNothing() {
        policy("advisory");

        TestFleet.Boot boot = boot(fleet);

        assertThat(boot.placed().host()).isEqualTo(node);
        assertThat(fleet.text(
                        "select hosts from scheduling_decision where server_id = ?",
                        boot.server().value()))
                .hasValueSatisfying(json -> assertThat(json)
                        .contains(
                                "\"accepted\": true",
                                "QualificationFilter",
                                "Policy 'required' would refuse the host. The host was not qualified:"));
    }

    @Test
    void aCardThatIsGoneSaysNothingAboutTheHost() {
        policy("required");
        post("node0", FleetApi.summary(NOON, 1_000));
        assertThat(boot(fleet).isPlaced()).isTrue();

        postgres.database().jdbi().useHandle(handle -> handle.execute("update physical_function set present = false"));

        assertThat(boot(fleet).refusal()).contains("no card of it was measured yet");
    }

    @Test
    void anotherControllerNeverPlacesByWhatItRemembers() {
        try (Database database = postgres.another()) {
            TestFleet second = new TestFleet(database);
            assertThat(boot(second).isPlaced()).isTrue();

            // The second controller's index still says "off" and follows no announcements: its claim finds out.
            policy("required");
            assertThat(boot(second).refusal()).contains("QualificationFilter: The host was not qualified");

            post("node0", FleetApi.summary(NOON, 1_000));
            assertThat(boot(second).isPlaced()).isTrue();
        }
    }

    @Test
    void anIndexThatFollowsLearnsOfAChangeThroughAnotherController() {
        // By itself the index would look again only when this test is long over.
        try (Database database = postgres.another();
                ChangeFeed feed = new ChangeFeed(database);
                FleetIndex index = FleetIndex.following(database, feed, Duration.ofHours(1))) {
            await().atMost(LONG).until(() -> hears(feed));

            policy("required");
            await().atMost(LONG).until(() -> qualification(index, database).policy() == QualificationPolicy.REQUIRED);
            assertThat(qualification(index, database).cards()).isEmpty();

            post("node0", FleetApi.summary(NOON, 1_000));
            await().atMost(LONG)
                    .until(() -> !qualification(index, database).cards().isEmpty());
            assertThat(qualification(index, database).cards().getFirst().passes())
                    .isTrue();
        }
    }

    /** Whether the feed has begun to listen: announcements before that are lost on it. */
    private static boolean hears(ChangeFeed feed) {
        postgres.database().jdbi().useTransaction(handle -> ChangeFeed.announce(handle, FleetIndex.TOPIC));
        return feed.mark(FleetIndex.TOPIC) > 0;
    }

    private static HostState.Qualification qualification(FleetIndex index, Database database) {
        return database.jdbi()
                .withHandle(handle -> index.hosts(handle).iterator().next().qualification());
    }

    private TestFleet.Boot boot(TestFleet controller) {
        return controller.boot(controller.port(network, VnicType.DIRECT));
    }

    private void policy(String name) {
        assertThat(api.put("/qualification", "{\"policy\": \"" + name + "\"}").status())
                .isEqualTo(200);
    }

    private void post(String host, String summary) {
        assertThat(api.post("/hosts/" + host + "/qualifications", summary).status())
                .isEqualTo(201);
    }
}
