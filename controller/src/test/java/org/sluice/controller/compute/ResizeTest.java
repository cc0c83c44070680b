package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Failure;
import tools.jackson.databind.JsonNode;

/** A server with a VF gets another flavor. */
final class ResizeTest {
    private static final Failure TOO_MUCH = new Failure(
            "HypervisorRefused", "libvirt could not start domain: cannot allocate memory.", Optional.empty());

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static HostId host;
    private static UUID network;
    private static String small;
    private static String large;
    private static String wide;
    private static String huge;
    private static String short_;
    private static UUID image;
    private String server = "";

    @BeforeAll
    static void start() {
        cloud = new ComputeCloud(postgres.database());
        host = cloud.host("compute01", 2);
        network = cloud.network("net", "sriovnet0", 2401, "10.1.0");
        small = cloud.flavor("m1.small", 1, 512, 2);
        large = cloud.flavor("m1.large", 4, 2048, 20);
        wide = cloud.flavor("m1.wide", 8, 512, 2);
        huge = cloud.flavor("m1.huge", 1, 1 << 30, 2);
        short_ = cloud.flavor("m1.short", 1, 512, 1);
        image = cloud.newImage();
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void boot() {
        cloud.forgetServers();
        cloud.execute("delete from port");
        cloud.execute("update host set vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0, last_seen_at = now()");
        UUID port = cloud.port(network, "direct", "10.1.0.9");
        server = cloud.as("member", "2.96")
                .post("/v2.1/servers", ComputeCloud.boot("vm", small, image, "'networks': [{'port': '" + port + "'}]"))
                .json()
                .at("/server/id")
                .asString();
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
    }

    private Answer act(String action) {
        return cloud.as("member", "2.96").post("/v2.1/servers/" + server + "/action", action.replace('\'', '"'));
    }

    private void asked(String action, int status) {
        Answer answer = act(action);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    }

    private static String resize(String flavor) {
        return "{'resize': {'flavorRef': '" + flavor + "'}}";
    }

    private String state() {
        JsonNode shown = cloud.admin().get("/v2.1/servers/" + server).json().required("server");
        return shown.required("status").asString() + " "
                + shown.required("OS-EXT-STS:vm_state").asString() + " "
                + shown.required("OS-EXT-STS:task_state").asString("-") + " "
                + shown.required("OS-EXT-STS:power_state").asInt();
    }

    private String flavor() {
        return cloud.as("member", "2.96")
                .get("/v2.1/servers/" + server)
                .json()
                .at("/server/flavor/original_name")
                .asString();
    }

    /** What is taken of the host, by the claim and by its own count, which are to be the same. */
    private static String taken() {
        String claimed = cloud.text(
                "select sum(vcpus) || ' ' || sum(memory_mib) || ' ' || sum(disk_gib) from claim where host_id = '"
                        + host + "'");
        assertThat(cloud.text("select vcpus_used || ' ' || memory_mib_used || ' ' || disk_gib_used from host"))
                .isEqualTo(claimed);
        return claimed;
    }

    /** The root disk, the one that is kept, and the power that is wished. */
    private static String wished() {
        return cloud.text("select disk || ' of ' || coalesce(disk_kept, 0) || ' ' || power from claim");
    }

    private static String lease() {
        return cloud.text("select index || ' ' || generation from virtual_function where leased_port_id is not null");
    }

    private String newestAction() {
        JsonNode action = cloud.admin()
                .get("/v2.1/servers/" + server + "/os-instance-actions")
                .json()
                .at("/instanceActions/0");
        return action.required("action").asString() + " "
                + action.required("message").asString("-");
    }

    private void becomeLarge() {
        asked(resize(large), 202);
        assertThat(state()).isEqualTo("RESIZE active resize_prep 1");
        assertThat(wished()).isEqualTo("1 of 0 STOPPED");
        assertThat(taken()).isEqualTo("4 2048 20");
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        assertThat(state()).isEqualTo("RESIZE active resize_finish 1");
        assertThat(wished()).isEqualTo("2 of 1 RUNNING");
        cloud.running(server);
        assertThat(state()).isEqualTo("VERIFY_RESIZE resized - 1");
        assertThat(flavor()).isEqualTo("m1.large");
        assertThat(newestAction()).isEqualTo("resize -");
    }

    @Test
    void itBecomesLargerOnItsHostAndStaysSoWhenConfirmed() {
        String leased = lease();
        becomeLarge();
        asked("{'confirmResize': null}", 204);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
        assertThat(wished()).isEqualTo("2 of 0 RUNNING");
        assertThat(taken()).isEqualTo("4 2048 20");
        assertThat(lease()).as("the VF stays").isEqualTo(leased);
        assertThat(newestAction()).isEqualTo("confirmResize -");
        assertThat(cloud.count("from operation")).isZero();
    }

    @Test
    void itBecomesWhatItWasWhenReverted() {
        becomeLarge();
        asked("{'revertResize': null}", 202);
        assertThat(state()).isEqualTo("REVERT_RESIZE active resize_reverting 1");
        assertThat(wished()).as("with the disk of before").isEqualTo("1 of 0 RUNNING");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
        assertThat(flavor()).isEqualTo("m1.small");
        assertThat(taken()).isEqualTo("1 512 2");
        assertThat(newestAction()).isEqualTo("revertResize -");
        assertThat(cloud.count("from operation")).isZero();

        asked(resize(large), 202);
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        assertThat(wished()).as("a number is never used again").isEqualTo("3 of 1 RUNNING");
    }

    @Test
    void roomForEitherIsTakenUntilItIsDecided() {
        asked(resize(wide), 202);
        assertThat(taken()).as("of each the larger").isEqualTo("8 512 2");
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        assertThat(wished()).as("the disk stays as it is").isEqualTo("1 of 0 RUNNING");
        cloud.running(server);
        asked("{'confirmResize': null}", 204);
        assertThat(taken()).isEqualTo("8 512 2");
        asked(resize(small), 202);
        assertThat(taken()).isEqualTo("8 512 2");
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        cloud.running(server);
        asked("{'confirmResize': null}", 204);
        assertThat(taken()).isEqualTo("1 512 2");
    }

    private void off() {
        asked("{'os-stop': null}", 202);
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
    }

    @Test
    void oneThatIsOffIsResizedWhenItsHostHasTheDiskAndStaysOff() {
        off();
        long heard = Long.parseLong(cloud.text("select power_generation from claim"));
        asked(resize(large), 202);
        assertThat(state()).isEqualTo("RESIZE stopped resize_finish 4");
        assertThat(wished()).isEqualTo("2 of 1 STOPPED");
        cloud.observedAt(heard, server, PowerState.STOPPED);
        assertThat(state()).as("that was said of the disk of before").isEqualTo("RESIZE stopped resize_finish 4");
        assertThat(act("{'confirmResize': null}").status()).isEqualTo(409);
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        assertThat(state()).isEqualTo("VERIFY_RESIZE resized - 4");
        assertThat(newestAction()).isEqualTo("resize -");
        asked("{'revertResize': null}", 202);
        assertThat(state()).isEqualTo("SHUTOFF stopped - 4");
        assertThat(wished()).isEqualTo("1 of 0 STOPPED");
        asked(resize(large), 202);
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        asked("{'confirmResize': null}", 204);
        assertThat(state()).isEqualTo("SHUTOFF stopped - 4");
        assertThat(cloud.text("select boots from claim"))
                .as("nothing is started")
                .isEqualTo("0");
    }

    @Test
    void oneThatIsOffIsWhatItWasWhenItsHostCannotMakeTheDisk() {
        off();
        asked(resize(large), 202);
        cloud.observed(
                server,
                PowerState.STOPPED,
                Optional.of(new Failure("NoRoom", "There is no room for the disk.", Optional.empty())));
        assertThat(state()).isEqualTo("SHUTOFF stopped - 4");
        assertThat(wished()).isEqualTo("1 of 0 STOPPED");
        assertThat(flavor()).isEqualTo("m1.small");
        assertThat(taken()).isEqualTo("1 512 2");
        assertThat(newestAction()).isEqualTo("resize Error");
        assertThat(cloud.newestEvent(server)).isEqualTo("compute_prep_resize Error: There is no room for the disk.");
        assertThat(cloud.count("from operation")).isZero();
    }

    @Test
    void theHostOfOneThatIsOffIsToldAtOnce() {
        off();
        String revision = "select desired_revision from host where id = '" + host + "'";
        long before = Long.parseLong(cloud.text(revision));
        asked(resize(large), 202);
        assertThat(wished()).isEqualTo("2 of 1 STOPPED");
        long resized = Long.parseLong(cloud.text(revision));
        assertThat(resized).isGreaterThan(before);
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        asked("{'confirmResize': null}", 204);
        assertThat(wished()).isEqualTo("2 of 0 STOPPED");
        assertThat(Long.parseLong(cloud.text(revision))).isGreaterThan(resized);
    }

    @Test
    void aGuestThatCannotBeEndedRunsOnAsItWas() {
        asked(resize(large), 202);
        String boots = cloud.text("select boots from claim");
        cloud.observed(server, PowerState.RUNNING, Optional.of(TOO_MUCH));
        assertThat(flavor()).isEqualTo("m1.small");
        assertThat(taken()).isEqualTo("1 512 2");
        assertThat(wished()).isEqualTo("1 of 0 RUNNING");
        assertThat(cloud.text("select boots from claim"))
                .as("it is not ended now")
                .isEqualTo(boots);
        assertThat(newestAction()).isEqualTo("resize Error");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
    }

    @Test
    void oneThatCannotBeStartedWithTheNewFlavorIsStartedWithTheOld() {
        asked(resize(large), 202);
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        cloud.observed(server, PowerState.STOPPED, Optional.of(TOO_MUCH));
        assertThat(flavor()).isEqualTo("m1.small");
        assertThat(taken()).isEqualTo("1 512 2");
        assertThat(wished()).isEqualTo("1 of 0 RUNNING");
        assertThat(newestAction()).isEqualTo("resize Error");
        assertThat(cloud.newestEvent(server)).isEqualTo("compute_prep_resize Error: " + TOO_MUCH.reason());
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
        assertThat(cloud.count("from operation")).isZero();
    }

    @Test
    void aGuestThatEndsOrPausesBeforeTheDecisionIsStillToBeDecidedAbout() {
        becomeLarge();
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        assertThat(state()).isEqualTo("VERIFY_RESIZE resized - 4");
        asked("{'confirmResize': null}", 204);
        assertThat(state()).isEqualTo("SHUTOFF stopped - 4");
    }

    @Test
    void onlyWhatFitsOnItsHostIsTaken() {
        Answer answer = act(resize(huge));
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text()).contains("No valid host was found", "m1.huge");
        assertThat(state()).isEqualTo("ACTIVE active - 1");
        assertThat(taken()).isEqualTo("1 512 2");
        assertThat(cloud.count("from operation")).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "same  | 400 | When resizing, instances must change flavor",
                "short | 400 | a disk cannot be made smaller",
                "none  | 400 | could not be found"
            })
    void whatCannotBeIsRefused(String which, int status, String words) {
        String flavor = which.equals("same")
                ? small
                : which.equals("short") ? short_ : UUID.randomUUID().toString();
        Answer answer = act(resize(flavor));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.text()).contains(words);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
    }

    @ParameterizedTest
    @CsvSource({"confirmResize", "revertResize"})
    void thereIsNothingToDecideBefore(String action) {
        Answer answer = act("{'" + action + "': null}");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text())
                .contains("Cannot '" + action + "' instance " + server + " while it is in vm_state active");
    }

    @Test
    void whileItIsUnderWayOrToBeDecidedNothingElseButADeletionIs() {
        asked(resize(large), 202);
        for (String action : List.of(resize(wide), "{'os-stop': null}", "{'confirmResize': null}")) {
            assertThat(act(action).status()).as(action).isEqualTo(409);
        }
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        cloud.running(server);
        for (String action : List.of(resize(wide), "{'os-stop': null}", "{'pause': null}")) {
            Answer answer = act(action);
            assertThat(answer.status()).as(action).isEqualTo(409);
            assertThat(answer.text()).contains("confirmResize, revertResize, delete");
        }
        assertThat(cloud.as("member", "2.96").delete("/v2.1/servers/" + server).status())
                .isEqualTo(204);
        cloud.absent(host, server);
        assertThat(cloud.count("from server")).isZero();
        assertThat(cloud.count("from operation")).isZero();
        assertThat(cloud.count("from claim")).isZero();
        assertThat(cloud.text("select vcpus_used || ' ' || memory_mib_used || ' ' || disk_gib_used from host"))
                .isEqualTo("0 0 0");
        assertThat(cloud.count("from virtual_function where leased_port_id is not null"))
                .isZero();
    }

    @Test
    void anOperatorWhoSaysWhatItIsEndsWhatIsUnderWay() {
        asked(resize(large), 202);
        Answer reset = cloud.admin()
                .post("/v2.1/servers/" + server + "/action", "{\"os-resetState\": {\"state\": \"active\"}}");
        assertThat(reset.status()).as(reset.text()).isEqualTo(202);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
        assertThat(flavor()).isEqualTo("m1.small");
        assertThat(taken()).isEqualTo("1 512 2");
        cloud.running(server);

        becomeLarge();
        String before = wished();
        for (String said : List.of("active", "error")) {
            Answer refused = cloud.admin()
                    .post("/v2.1/servers/" + server + "/action", "{'os-resetState': {'state': '" + said + "'}}");
            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.text()).contains("vm_state resized", "confirmResize, revertResize");
        }
        assertThat(wished()).as("the decision is left open").isEqualTo(before);
        asked("{'revertResize': null}", 202);
        cloud.running(server);
        assertThat(flavor()).isEqualTo("m1.small");
    }

    @Test
    void oneThatIsDeletedMeanwhileIsNotBroughtBack() {
        asked(resize(large), 202);
        assertThat(cloud.as("member", "2.96").delete("/v2.1/servers/" + server).status())
                .isEqualTo(204);
        assertThat(cloud.count("from operation"))
                .as("there is nothing to take back")
                .isZero();
        cloud.absent(host, server);
        assertThat(cloud.count("from server")).isZero();
    }

    @Test
    void ofTwoAtOnceOneWins() throws Exception {
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> answers =
                    List.of(clients.submit(() -> act(resize(large))), clients.submit(() -> act(resize(wide))));
            assertThat(List.of(
                            answers.get(0).get().status(), answers.get(1).get().status()))
                    .containsExactlyInAnyOrder(202, 409);
        }
    }
}
