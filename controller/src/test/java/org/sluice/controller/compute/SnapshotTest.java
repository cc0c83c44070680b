package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.http.Json;
import org.sluice.controller.server.DiskCopies;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.ImageId;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Failure;
import tools.jackson.databind.JsonNode;

/** Images of servers, as clients ask for them and hosts bring them. */
class SnapshotTest {
    private static final Optional<Failure> NONE = Optional.empty();

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static String flavor;
    private UUID image = new UUID(0, 0);
    private String server = "";

    @BeforeAll
    static void start() {
        cloud = new ComputeCloud(postgres.database());
        cloud.host("compute01", 0);
        flavor = cloud.flavor("m1.small", 1, 512, 3);
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void boot() {
        cloud.forgetServers();
        cloud.execute("delete from image");
        image = cloud.newImage("active", 1, 128, 1 << 20);
        cloud.execute("update image set properties = '{\"hw_vif_model\": \"virtio\", \"user_id\": \"before\"}'");
        cloud.execute(
                "update host set forced_down_at = null, vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0, last_seen_at = now()");
        server = cloud.as("member", "2.96")
                .post("/v2.1/servers", ComputeCloud.boot("vm", flavor, image, "'networks': 'none'"))
                .json()
                .at("/server/id")
                .asString();
        cloud.running(server);
    }

    private Answer act(String who, String version, String action) {
        return cloud.as(who, version).post("/v2.1/servers/" + server + "/action", action);
    }

    private String asked() {
        Answer answer = act("member", "2.96", "{'createImage': {'name': 'nightly', 'metadata': {'stage': 'test'}}}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return answer.json().required("image_id").asString();
    }

    private String state() {
        JsonNode shown = cloud.admin().get("/v2.1/servers/" + server).json().required("server");
        return shown.required("status").asString() + " "
                + shown.required("OS-EXT-STS:task_state").asString("-");
    }

    private JsonNode lastAction() {
        JsonNode action = cloud.admin()
                .get("/v2.1/servers/" + server + "/os-instance-actions")
                .json()
                .required("instanceActions")
                .get(0);
        assertThat(action.required("action").asString()).isEqualTo("createImage");
        return action;
    }

    private String failure() {
        return cloud.text("select coalesce(failure, case when finished_at is null then 'under way' else 'done' end)"
                + " from server_action where action = 'createImage' order by id desc limit 1");
    }

    @Test
    void theImageIsThereAtOnceAndSavingUntilItsBytesCome() {
        String made = asked();

        assertThat(state()).isEqualTo("ACTIVE image_snapshot");
        assertThat(cloud.text("select concat_ws(' ', status, name, project_id = '" + ComputeCloud.PROJECT
                        + "', visibility, disk_format, container_format, min_disk, min_ram) from image where id = '"
                        + made + "'"))
                .isEqualTo("saving nightly t private qcow2 bare 3 128");
        assertThat(Json.MAPPER.readTree(cloud.text("select properties::text from image where id = '" + made + "'")))
                .isEqualTo(Json.MAPPER.readTree("""
                        {"base_image_ref": "%s", "image_type": "snapshot", "instance_uuid": "%s", "user_id": "%s",
                         "hw_vif_model": "virtio", "stage": "test"}""".formatted(image, server, "a".repeat(32))));
        assertThat(failure()).isEqualTo("under way");

        cloud.copied(server);
        assertThat(state()).isEqualTo("ACTIVE -");
        assertThat(failure()).isEqualTo("done");
        assertThat(lastAction().required("message").isNull()).isTrue();
    }

    @Test
    void beforeMicroversion245TheAnswerIsALocation() {
        Answer answer = act("member", "2.44", "{'createImage': {'name': 'nightly'}}");
        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.text()).isEmpty();
        assertThat(answer.header("Location"))
                .endsWith(
                        "/image/v2/images/" + cloud.text("select cast(id as text) from image where status = 'saving'"));
    }

    @Test
    void anImageThatAnOperatorMakesOfAServerIsItsOwners() {
        cloud.execute("update server set project_id = '" + "d".repeat(32) + "'");
        Answer answer = act("admin", "2.96", "{'createImage': {'name': 'copy'}}");
        assertThat(cloud.text("select visibility || ' ' || project_id from image where id = '"
                        + answer.json().required("image_id").asString() + "'"))
                .isEqualTo("private " + "d".repeat(32));
    }

    @ParameterizedTest
    @ValueSource(strings = {"STOPPED", "PAUSED"})
    void oneThatIsOffOrPausedIsCopiedAsItIs(PowerState power) {
        cloud.observed(server, power, NONE);
        String before = state();
        asked();
        cloud.observed(server, power, NONE);
        cloud.copied(server);
        assertThat(state()).isEqualTo(before);
        assertThat(failure()).isEqualTo("done");
    }

    @Test
    void aGuestThatEndsMeanwhileIsShutOffAndItsImageGoesOn() {
        asked();
        cloud.observed(server, PowerState.STOPPED, NONE);
        assertThat(state()).isEqualTo("SHUTOFF image_snapshot");
        assertThat(failure()).isEqualTo("under way");
        cloud.copied(server);
        assertThat(state()).isEqualTo("SHUTOFF -");
        assertThat(failure()).isEqualTo("done");
    }

    @Test
    void whatItsHostCannotCopyIsToldAndTheImageGoes() {
        String made = asked();
        cloud.notCopied(server, "The host has no room.");
        assertThat(state()).isEqualTo("ACTIVE -");
        assertThat(failure()).isEqualTo("The host has no room.");
        assertThat(lastAction().required("message").asString()).isEqualTo("Error");
        assertThat(cloud.newestEvent(server)).isEqualTo("compute_snapshot_instance Error: The host has no room.");
        assertThat(cloud.count("from image where id = '" + made + "'")).isZero();
        asked();
    }

    @Test
    void oneAtATimeAndNothingElseButDeletionMeanwhile() {
        asked();
        Answer answer = act("member", "2.96", "{'createImage': {'name': 'second'}}");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text())
                .contains("Cannot 'createImage' instance " + server
                        + " while it is in task_state image_snapshot. Allowed in this state: delete.");
        assertThat(act("member", "2.96", "{'os-stop': null}").status()).isEqualTo(409);
        assertThat(cloud.count("from image where status = 'saving'")).isEqualTo(1);
        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);
        assertThat(cloud.count("from image where status = 'saving'"))
                .as("goes with the server")
                .isZero();
    }

    @Test
    void anImageThatIsDeletedMeanwhileEndsIt() {
        String made = asked();
        postgres.database().jdbi().useTransaction(handle -> {
            new DiskCopies().imageLeaves(handle, ImageId.parse(made));
            handle.execute("delete from image where id = ?", UUID.fromString(made));
        });
        assertThat(state()).isEqualTo("ACTIVE -");
        assertThat(failure()).isEqualTo("Image " + made + " was deleted before it was made.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "update host set last_seen_at = now() - interval '4 minutes' | under way",
                "update host set last_seen_at = now() - interval '6 minutes' | Its host did not bring the copy of its root disk: the host was declared down, has been silent for 5 minutes, or was at it for 12 hours.",
                "update host set forced_down_at = now() | Its host did not bring the copy of its root disk: the host was declared down, has been silent for 5 minutes, or was at it for 12 hours.",
                "update server set copy_asked_at = now() - interval '13 hours' | Its host did not bring the copy of its root disk: the host was declared down, has been silent for 5 minutes, or was at it for 12 hours."
            })
    void aHostThatIsSilentOrNeverDoneIsNotWaitedForForEver(String what, String recorded) {
        asked();
        cloud.execute(what);
        cloud.endStalledCopies();
        assertThat(failure()).isEqualTo(recorded);
        assertThat(cloud.count("from image where status = 'saving'")).isEqualTo(recorded.equals("under way") ? 1 : 0);
    }

    @Test
    void anOperatorWhoSaysWhatItIsEndsItToo() {
        asked();
        assertThat(act("admin", "2.96", "{'os-resetState': {'state': 'active'}}")
                        .status())
                .isEqualTo(202);
        assertThat(state()).isEqualTo("ACTIVE -");
        assertThat(cloud.count("from image where status = 'saving'")).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'createImage': {}}                                          | name",
                "{'createImage': {'name': ''}}                                | name",
                "{'createImage': {'name': 'x', 'rotation': 1}}                | rotation",
                "{'createImage': {'name': 'x', 'metadata': {'a': 1}}}         | a",
                "{'createImage': {'name': 'x', 'metadata': {'min_disk': '1'}}} | is an attribute that every image has"
            })
    void whatIsWrongWithARequestIsNamed(String body, String named) {
        Answer answer = act("member", "2.96", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.text()).contains(named);
        assertThat(state()).isEqualTo("ACTIVE -");
        assertThat(cloud.count("from image where status = 'saving'")).isZero();
    }

    @Test
    void whoMayNotMakesNone() {
        assertThat(act("reader", "2.96", "{'createImage': {'name': 'x'}}").status())
                .isEqualTo(403);
        assertThat(act("stranger", "2.96", "{'createImage': {'name': 'x'}}").status())
                .isEqualTo(404);
    }

    @Test
    void aSilentHostIsNotAsked() {
        cloud.execute("update host set last_seen_at = now() - interval '2 minutes'");
        Answer answer = act("member", "2.96", "{'createImage': {'name': 'x'}}");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text()).contains("has not been heard of for 120 s");
        assertThat(cloud.count("from image where status = 'saving'")).isZero();
    }
}
