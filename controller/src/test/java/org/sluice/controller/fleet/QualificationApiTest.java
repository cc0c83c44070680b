package org.sluice.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import tools.jackson.databind.JsonNode;

/** Measurements of hosts, their verdicts and what they are compared with, through {@code /sluice/v1}. */
class QualificationApiTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static final String CLASS = "8086:10c9:igb:1000:short";
    private static final String BASELINE = "/qualification/baselines/8086%3A10c9%3Aigb%3A1000%3Ashort";
    private static final String MORNING = "2026-03-31T08:00:00Z";
    private static final String NOON = "2026-03-31T12:00:00Z";

    private final TestFleet fleet = new TestFleet(postgres.database());
    private final FleetApi api = new FleetApi(postgres.database());

    @BeforeEach
    void fourHosts() {
        fleet.clear();
        FleetApi.forgetQualification(postgres);
        for (int host = 0; host < 4; host++) {
            fleet.host("node" + host, 1);
        }
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void theFirstMeasurementsOfAClassAreUnratedAndTheFourthMeetsTheirMedian() {
        assertThat(verdict(post("node0", FleetApi.summary(NOON, 1_000)))).isEqualTo("unrated");
        assertThat(verdict(post("node1", FleetApi.summary(NOON, 3_000)))).isEqualTo("unrated");
        assertThat(verdict(post("node2", FleetApi.summary(NOON, 1_200)))).isEqualTo("unrated");

        JsonNode fourth = post("node3", FleetApi.summary(NOON, 900)).json().path("qualification");

        assertThat(fourth.path("verdict").asString()).isEqualTo("failed");
        assertThat(fourth.path("baseline").toString())
                .isEqualTo("{\"class\":\"" + CLASS + "\",\"source\":\"median\",\"hosts\":3,\"figures\":[{"
                        + "\"frame_bytes\":64,\"frames_per_second\":1200,\"p99_latency_ns\":20000}]}");
        assertThat(texts(fourth.path("reasons")))
                .containsExactly("At 64 bytes it reached 75 % of its class's baseline, 90 % are required.");
    }

    @Test
    void aMedianIsOfTheNewestFiguresThatPassedAndThatTheTesterDidNotLimit() {
        post("node0", FleetApi.summary(MORNING, 1_000));
        post("node1", FleetApi.summary(MORNING, 1_100));
        post("node2", FleetApi.summary(MORNING, 1_200));
        assertThat(medianRate()).isEqualTo(1_100);

        // One that failed does not count, nor does one that is only a lower bound.
        String lossy = FleetApi.summary(NOON, 10).replace("\"loss_ratio\": 0", "\"loss_ratio\": 0.5");
        assertThat(verdict(post("node0", lossy))).isEqualTo("failed");
        assertThat(verdict(post("node3", FleetApi.summary(NOON, CLASS, 64, 5_000, 20_000, true))))
                .isEqualTo("passed");
        assertThat(medianRate()).isEqualTo(1_100);

        post("node1", FleetApi.summary(NOON, 1_300));
        assertThat(medianRate()).isEqualTo(1_200);
    }

    @Test
    void aHostIsNotComparedWithItself() {
        for (int host = 0; host < 3; host++) {
            post("node" + host, FleetApi.summary(MORNING, 1_000));
        }

        assertThat(verdict(post("node0", FleetApi.summary(NOON, 10)))).isEqualTo("unrated");
        assertThat(verdict(post("node3", FleetApi.summary(NOON, 10)))).isEqualTo("failed");
    }

    @Test
    void aLinkThatRunsSlowerThanThoseOfOtherCardsIsMentioned() {
        post("node0", FleetApi.summary(NOON, 1_000));
        post("node1", FleetApi.summary(NOON, "8086:10c9:igb:2500:short:emulated", 64, 1_000, 20_000, false));

        JsonNode slow = post("node2", FleetApi.summary(NOON, "8086:10c9:igb:100:short", 64, 100, 20_000, false))
                .json()
                .path("qualification");

        assertThat(slow.path("verdict").asString()).isEqualTo("unrated");
        assertThat(texts(slow.path("reasons")))
                .containsExactly(
                        "There was nothing to compare with: fewer than 3 other hosts of class 8086:10c9:igb:100:short"
                                + " have passed, and no baseline is set for it.",
                        "Its link ran at 100 Mbit/s, and those of other cards of its kind at up to 1000 Mbit/s.");
    }

    @Test
    void otherClassesAreNoMeasure() {
        for (int host = 0; host < 3; host++) {
            post("node" + host, FleetApi.summary(NOON, CLASS + ":emulated", 64, 9_000, 20_000, false));
        }

        assertThat(verdict(post("node3", FleetApi.summary(NOON, 100)))).isEqualTo("unrated");
    }

    @Test
    void measurementsAreShownTheNewestFirst() {
        post("node0", FleetApi.summary(NOON, 1_000));
        post("node0", FleetApi.summary(MORNING, 2_000));

        JsonNode shown = api.get("/hosts/node0/qualifications").json().path("qualifications");

        assertThat(shown).hasSize(2);
        assertThat(shown.path(0).path("summary").path("measured_at").asString()).isEqualTo(NOON);
        assertThat(shown.path(0).path("summary").path("figures").toString())
                .isEqualTo("[{\"frame_bytes\":64,\"frames_per_second\":1000,\"p50_latency_ns\":9000,"
                        + "\"p99_latency_ns\":20000,\"loss_ratio\":0.0,\"tester_limited\":false}]");
        assertThat(shown.path(1).path("summary").path("measured_at").asString()).isEqualTo(MORNING);
        assertThat(api.get("/hosts/node0")
                        .json()
                        .path("host")
                        .path("qualifications")
                        .path(0)
                        .path("verdict")
                        .asString())
                .isEqualTo("unrated");
    }

    @Test
    void theSameMeasurementAgainIsAnsweredAsBefore() {
        Answer first = post("node0", FleetApi.summary(NOON, 1_000));
        Answer again = post("node0", FleetApi.summary(NOON, 1_000));

        assertThat(first.status()).isEqualTo(201);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(fleet.count("select count(*) from host_qualification")).isEqualTo(1);
        refused(
                409,
                "Other figures of ens1f0 of node0 at 2026-03-31T12:00:00Z are known already.",
                post("node0", FleetApi.summary(NOON, 1_001)));
    }

    @Test
    void aVerdictChangesOnlyWhenTheOperatorAsksForSomethingElse() {
        api.put(BASELINE, "{\"figures\":[{\"frame_bytes\":64,\"frames_per_second\":1000,\"p99_latency_ns\":20000}]}");
        assertThat(verdict(post("node0", FleetApi.summary(NOON, 810)))).isEqualTo("failed");

        assertThat(api.put("/qualification", "{\"policy\": \"required\"}")
                        .json()
                        .path("changed"))
                .isEmpty();
        JsonNode lower = api.put("/qualification", "{\"required_share\": 0.8}").json();

        assertThat(lower.path("settings").toString())
                .isEqualTo("{\"policy\":\"required\",\"required_share\":0.8,\"allowed_p99_factor\":1.5}");
        assertThat(lower.path("changed").toString())
                .isEqualTo("[{\"host\":\"node0\",\"physical_function\":\"ens1f0\",\"before\":\"failed\","
                        + "\"after\":\"passed\"}]");
        JsonNode higher = api.put(
                        BASELINE,
                        "{\"figures\":[{\"frame_bytes\":64,\"frames_per_second\":2000,\"p99_latency_ns\":20000}]}")
                .json();
        assertThat(higher.path("changed").path(0).path("after").asString()).isEqualTo("failed");
        assertThat(api.delete(BASELINE)
                        .json()
                        .path("changed")
                        .path(0)
                        .path("after")
                        .asString())
                .isEqualTo("unrated");
        assertThat(api.get("/qualification")
                        .json()
                        .path("settings")
                        .path("policy")
                        .asString())
                .isEqualTo("required");
    }

    @Test
    void baselinesAreListedWithTheirSource() {
        for (int host = 0; host < 3; host++) {
            post("node" + host, FleetApi.summary(NOON, 1_000));
        }
        api.put(
                "/qualification/baselines/15b3:101e:mlx5_core:100000:short",
                "{\"figures\":[{\"frame_bytes\":64,\"frames_per_second\":9,\"p99_latency_ns\":9}]}");

        List<String> listed = new ArrayList<>();
        for (JsonNode baseline : api.get("/qualification/baselines").json().path("baselines")) {
            listed.add(baseline.path("class").asString() + " "
                    + baseline.path("source").asString());
        }

        assertThat(listed).containsExactly("15b3:101e:mlx5_core:100000:short operator", CLASS + " median");
        refused(404, "has no baseline.", api.get("/qualification/baselines/8086:10c9:igb:1000:long"));
        refused(404, "No baseline is set for class " + CLASS, api.delete(BASELINE));
    }

    @Test
    void aSlipInTheNameDoesNotQualifyAnotherHost() {
        refused(404, "There is no host 'node9'.", post("node9", FleetApi.summary(NOON, 1)));
        refused(404, "There is no host 'node9'.", api.get("/hosts/node9/qualifications"));
        refused(
                404,
                "Host node0 has no physical function 'ens9'.",
                post("node0", FleetApi.summary(NOON, 1).replace("ens1f0", "ens9")));
        refused(
                409,
                "The card that was measured is 8086:1572 under i40e, and ens1f0 of node0 is 8086:10c9 under igb.",
                post("node0", FleetApi.summary(NOON, "8086:1572:i40e:10000:short", 64, 1, 20_000, false)));
        refused(400, "which is still to come.", post("node0", FleetApi.summary("2999-01-01T00:00:00Z", 1)));
        assertThat(fleet.count("select count(*) from host_qualification")).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"ens1f0\"           | \"\"        | The field 'physical_function' must have at least 1 characters or items.",
                "\"measured_at\"      | \"when\"    | The field 'when' of body is not known.",
                "2026-03-31T12:00:00Z | noon        | Member 'measured_at' is 'noon' and must be a time such as",
                "8086:10c9            | igb         | is no card class; write VENDOR:DEVICE:DRIVER:MBPS:PROFILE",
                ": 64                 | : 20        | Member 'frame_bytes' is 20 and must be 64 to 9216.",
                ": 64                 | : \"x\"     | The field 'frame_bytes' must be an integer.",
                ": 1000,              | : -1,       | Member 'frames_per_second' at 64 bytes is -1 and must be 0 or more.",
                ": 1000,              | : 1.5,      | The field 'frames_per_second' must be an integer.",
                ": 9000,              | : 90000,    | Member 'p99_latency_ns' at 64 bytes is 20000 and must be at least",
                "_ratio\": 0,         | _ratio\": 2, | Member 'loss_ratio' at 64 bytes is 2.0 and must be 0 to 1.",
                "_ratio\": 0,         | _ratio\": null, | The field 'loss_ratio' must be a number.",
                "false                | 7           | The field 'tester_limited' must be a boolean."
            })
    void whatIsWrongIsNamedWithWhatItMustBe(String right, String wrong, String sentence) {
        String summary = FleetApi.summary(NOON, 1_000);
        assertThat(summary).contains(right);

        refused(400, sentence, post("node0", summary.replace(right, wrong)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"policy\": \"strict\"}       | Member 'policy' is 'strict' and must be 'off', 'advisory' or 'required'.",
                "{\"polcy\": \"off\"}           | The field 'polcy' of body is not known.",
                "{\"required_share\": 90}       | Member 'required_share' is 90.0 and must be above 0 and at most 1;",
                "{\"required_share\": \"0.9\"}  | The field 'required_share' must be a number.",
                "{\"allowed_p99_factor\": 0.5}  | Member 'allowed_p99_factor' is 0.5 and must be 1 to 1000;"
            })
    void settingsAreCheckedToo(String body, String sentence) {
        refused(400, sentence, api.put("/qualification", body));
    }

    @Test
    void aBaselineIsCheckedToo() {
        refused(400, "The field 'figures' of body is required.", api.put(BASELINE, "{}"));
        refused(400, "Member 'figures' has 0 entries", api.put(BASELINE, "{\"figures\": []}"));
        refused(
                400,
                "Member 'p99_latency_ns' at 64 bytes is 0 and must be 1 or more.",
                api.put(BASELINE, "{\"figures\":[{\"frame_bytes\":64,\"frames_per_second\":9,\"p99_latency_ns\":0}]}"));
        refused(400, "'igb' is no card class;", api.put("/qualification/baselines/igb", "{\"figures\": []}"));
    }

    @Test
    void tenantsHaveNoBusinessHere() {
        for (String path : List.of("/hosts/node0/qualifications", "/qualification", "/qualification/baselines")) {
            assertThat(api.as("member", "GET", path, "").status()).isEqualTo(403);
        }
        assertThat(api.as("member", "POST", "/hosts/node0/qualifications", FleetApi.summary(NOON, 1))
                        .status())
                .isEqualTo(403);
    }

    private int medianRate() {
        JsonNode baseline = api.get(BASELINE).json().path("baseline");
        assertThat(baseline.path("source").asString()).isEqualTo("median");
        assertThat(baseline.path("hosts").asInt()).isEqualTo(3);
        return baseline.path("figures").path(0).path("frames_per_second").asInt();
    }

    private Answer post(String host, String summary) {
        return api.post("/hosts/" + host + "/qualifications", summary);
    }

    private static String verdict(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("qualification").path("verdict").asString();
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asString()));
        return texts;
    }

    private static void refused(int status, String sentence, Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.json().path("error").path("message").asString()).contains(sentence);
    }
}
