package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.protocol.PowerState;
import tools.jackson.databind.JsonNode;

/** {@code createBackup}: images of a server of which the newest are kept. */
class BackupTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static String flavor;
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
        UUID image = cloud.newImage("active", 1, 128, 1 << 20);
        cloud.execute("update host set vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0, last_seen_at = now()");
        server = cloud.as("member", "2.96")
                .post("/v2.1/servers", ComputeCloud.boot("vm", flavor, image, "'networks': 'none'"))
                .json()
                .at("/server/id")
                .asString();
        cloud.running(server);
    }

    private Answer act(String version, String name, String type, String rotation) {
        return cloud.as("member", version)
                .post(
                        "/v2.1/servers/" + server + "/action",
                        "{'createBackup': {'name': '" + name + "', 'backup_type': '" + type + "', 'rotation': "
                                + rotation + "}}");
    }

    private void backUp(String name, String type, int rotation) {
        Answer answer = act("2.96", name, type, "" + rotation);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        cloud.copied(server);
    }

    private static String images() {
        return cloud.text("select coalesce(string_agg(name || ' ' || status, ', ' order by name), '-') from image"
                + " where properties ->> 'image_type' = 'backup'");
    }

    private String state() {
        JsonNode shown = cloud.admin().get("/v2.1/servers/" + server).json().required("server");
        return shown.required("status").asString() + " "
                + shown.required("OS-EXT-STS:task_state").asString("-");
    }

    @Test
    void isAnImageThatSaysWhatItIs() {
        Answer answer = act("2.96", "monday", "daily", "2");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(state()).isEqualTo("ACTIVE image_backup");
        assertThat(cloud.text("select status || ' ' || (properties ->> 'image_type') || ' '"
                        + " || (properties ->> 'backup_type') || ' ' || (properties ->> 'instance_uuid') from image"
                        + " where id = '" + answer.json().required("image_id").asString() + "'"))
                .isEqualTo("saving backup daily " + server);
        cloud.copied(server);
        assertThat(state()).isEqualTo("ACTIVE -");
        assertThat(cloud.text("select action || ' ' || (finished_at is not null and failure is null)"
                        + " from server_action order by id desc limit 1"))
                .isEqualTo("createBackup true");
    }

    @Test
    void theOldestBeyondTheRotationGoWhenTheNewOneIsThere() {
        backUp("1", "daily", 2);
        backUp("2", "daily", 2);
        backUp("w", "weekly", 1);
        assertThat(act("2.96", "3", "daily", "2").status()).isEqualTo(202);
        assertThat(images()).as("nothing goes before").isEqualTo("1 active, 2 active, 3 saving, w active");
        cloud.copied(server);

        assertThat(images()).isEqualTo("2 active, 3 active, w active");
    }

    @Test
    void oneThatFailsTakesNothingAway() {
        backUp("1", "daily", 1);
        act("2.96", "2", "daily", "1");
        cloud.notCopied(server, "There is no room.");
        assertThat(images()).isEqualTo("1 active");
        assertThat(cloud.newestEvent(server)).isEqualTo("compute_backup_instance Error: There is no room.");
    }

    @Test
    void protectedOnesAndThoseThatAServerNeedsStay() {
        backUp("1", "daily", 1);
        cloud.execute("update image set protected = true where name = '1'");
        backUp("2", "daily", 1);

        assertThat(images()).isEqualTo("1 active, 2 active");
    }

    @Test
    void aRotationOfNoneKeepsNone() {
        backUp("1", "daily", 2);
        Answer answer = act("2.96", "2", "daily", "0");

        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        assertThat(answer.text()).isEmpty();
        assertThat(images()).isEqualTo("-");
        assertThat(state()).isEqualTo("ACTIVE -");
    }

    @Test
    void beforeMicroversion245TheAnswerIsALocation() {
        assertThat(act("2.44", "1", "daily", "1").header("Location")).contains("/image/v2/images/");
    }

    @Test
    void oneThatIsSuspendedIsBackedUpAsItIs() {
        cloud.observed(server, PowerState.SUSPENDED, Optional.empty());
        backUp("1", "daily", 1);
        assertThat(state()).isEqualTo("SUSPENDED -");
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        for (String rotation : new String[] {"-1", "'many'", "null"}) {
            Answer answer = act("2.96", "1", "daily", rotation);
            assertThat(answer.status()).as(rotation).isEqualTo(400);
            assertThat(answer.text()).contains("rotation");
        }
        assertThat(act("2.96", "1", "", "1").text()).contains("backup_type");
        assertThat(images()).isEqualTo("-");
    }
}
