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
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Failure;
import tools.jackson.databind.JsonNode;

/** Servers that boot from another image to be mended, and back. */
class RescueTest {
    private static final Optional<Failure> NONE = Optional.empty();
    private static final Optional<Failure> NO_ROOM =
            Optional.of(new Failure("NoRoom", "There is no room for the disk.", Optional.empty()));

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static String flavor;

    private UUID image = new UUID(0, 0);
    private UUID tools = new UUID(0, 0);
    private String server = "";

    @BeforeAll
    static void start() {
        cloud = new ComputeCloud(postgres.database());
        cloud.host("compute01", 0);
        flavor = cloud.flavor("m1.small", 1, 512, 1);
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void boot() {
        cloud.forgetServers();
        cloud.execute("delete from image");
        cloud.execute("update host set vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0, last_seen_at = now()");
        image = cloud.newImage();
        tools = cloud.newImage();
        server = cloud.as("member", "2.96")
                .post("/v2.1/servers", ComputeCloud.boot("vm", flavor, image, "'networks': 'none'"))
                .json()
                .at("/server/id")
                .asString();
        cloud.running(server);
    }

    private Answer act(String action) {
        return cloud.as("member", "2.96").post("/v2.1/servers/" + server + "/action", action);
    }

    private void rescue(String body) {
        Answer answer = act(body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private String state() {
        JsonNode shown = cloud.admin().get("/v2.1/servers/" + server).json().required("server");
        return shown.required("status").asString() + " "
                + shown.required("OS-EXT-STS:vm_state").asString() + " "
                + shown.required("OS-EXT-STS:task_state").asString("-") + " "
                + shown.required("OS-EXT-STS:power_state").asInt();
    }

    private String bootsFrom() {
        return cloud.text("select coalesce(cast(rescue_image_id as text), 'its own') from server");
    }

    @Test
    void bootsFromTheImageThatIsNamedAndBack() {
        rescue("{'rescue': {'rescue_image_ref': '" + tools + "'}}");
        assertThat(state()).isEqualTo("ACTIVE active rescuing 1");
        assertThat(bootsFrom()).isEqualTo(tools.toString());
        assertThat(cloud.text("select power || ' ' || boots || ' ' || power_ending from claim"))
                .isEqualTo("RUNNING 1 GRACEFUL");
        cloud.running(server);
        assertThat(state()).isEqualTo("RESCUE rescued - 1");

        assertThat(act("{'unrescue': null}").status()).isEqualTo(202);
        assertThat(state()).isEqualTo("RESCUE rescued unrescuing 1");
        assertThat(bootsFrom()).isEqualTo("its own");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
    }

    @Test
    void withoutANameItBootsFromTheImageThatItWasMadeFrom() {
        rescue("{'rescue': null}");
        assertThat(bootsFrom()).isEqualTo(image.toString());
    }

    @Test
    void itIsRescuedUntilSomebodySaysOtherwise() {
        rescue("{'rescue': null}");
        cloud.running(server);
        cloud.observed(server, PowerState.STOPPED, NONE);
        assertThat(state()).isEqualTo("RESCUE rescued - 4");
        Answer refused = act("{'os-start': null}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text()).contains("vm_state rescued. Allowed in this state: unrescue, delete.");
        assertThat(act("{'unrescue': null}").status()).isEqualTo(202);
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
    }

    @ParameterizedTest
    @CsvSource({"active, ACTIVE active - 1", "error, ERROR error - 1"})
    void whenAnOperatorSaysWhatItIsItBootsFromItsOwnDisk(String said, String state) {
        rescue("{'rescue': null}");
        cloud.running(server);
        Answer reset = cloud.admin()
                .post("/v2.1/servers/" + server + "/action", "{'os-resetState': {'state': '" + said + "'}}");
        assertThat(reset.status()).as(reset.text()).isEqualTo(202);
        assertThat(bootsFrom()).isEqualTo("its own");
        assertThat(cloud.text("select power || ' ' || boots || ' ' || power_ending from claim"))
                .as("as unrescue has it")
                .isEqualTo("RUNNING 2 AT_ONCE");
        cloud.running(server);
        assertThat(state()).isEqualTo(state);
    }

    @Test
    void whereThatCannotBeItsHostGoesOnWithItsOwnDisk() {
        rescue("{'rescue': null}");
        cloud.observed(server, PowerState.STOPPED, NO_ROOM);
        assertThat(state()).isEqualTo("ERROR error - 4");
        assertThat(bootsFrom()).isEqualTo("its own");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
    }

    @Test
    void whatIsWrongIsNamedAndChangesNothing() {
        assertThat(act("{'rescue': {'rescue_image_ref': '" + UUID.randomUUID() + "'}}")
                        .text())
                .contains("Can not find requested image", "(rescue_image_ref)");
        assertThat(act("{'rescue': {'rescue_image_ref': 'x'}}").text()).contains("rescue_image_ref");
        assertThat(act("{'rescue': {'adminPass': 'secret'}}").text())
                .contains("adminPass")
                .doesNotContain("secret");
        assertThat(act("{'rescue': {'image': 'x'}}").status()).isEqualTo(400);
        assertThat(act("{'unrescue': null}").status()).isEqualTo(409);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
        assertThat(bootsFrom()).isEqualTo("its own");
    }
}
