package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
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
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.http.Json;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Failure;
import tools.jackson.databind.JsonNode;

/** Start, stop, reboot, pause, unpause, lock and reset, as clients ask for them and hosts report them done. */
class PowerTest {
    private static final Optional<Failure> NONE = Optional.empty();
    private static final Optional<Failure> DISK_GONE =
            Optional.of(new Failure("DomainRefused", "The root disk is not there.", Optional.of("Look for it.")));

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static HostId host;
    private static String flavor;
    private static UUID image;

    private String server = "";

    @BeforeAll
    static void start() {
        cloud = new ComputeCloud(postgres.database());
        host = cloud.host("compute01", 0);
        flavor = cloud.flavor("m1.small", 1, 512, 1);
        image = cloud.newImage();
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void boot() {
        cloud.forgetServers();
        cloud.execute("update host set vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0, last_seen_at = now()");
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

    private void asked(String action) {
        Answer answer = act("member", "2.96", action);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    }

    private Answer refused(String action) {
        Answer answer = act("member", "2.96", action);
        assertThat(answer.status()).as(answer.text()).isEqualTo(409);
        return answer;
    }

    private JsonNode show() {
        return cloud.admin().get("/v2.1/servers/" + server).json().required("server");
    }

    /** Status, vm_state, task_state and power_state. */
    private String state() {
        JsonNode shown = show();
        return shown.required("status").asString() + " "
                + shown.required("OS-EXT-STS:vm_state").asString() + " "
                + shown.required("OS-EXT-STS:task_state").asString("-") + " "
                + shown.required("OS-EXT-STS:power_state").asInt();
    }

    private String wished() {
        return cloud.text("select power || ' ' || power_generation || ' ' || boots || ' ' || power_ending from claim");
    }

    @Test
    void stopsAndStarts() {
        assertThat(state()).isEqualTo("ACTIVE active - 1");
        asked("{'os-stop': null}");
        assertThat(state()).isEqualTo("ACTIVE active powering-off 1");
        assertThat(wished()).isEqualTo("STOPPED 1 0 GRACEFUL");
        cloud.observed(server, PowerState.STOPPED, NONE);
        assertThat(state()).isEqualTo("SHUTOFF stopped - 4");
        asked("{'os-start': null}");
        assertThat(state()).isEqualTo("SHUTOFF stopped powering-on 4");
        assertThat(wished()).isEqualTo("RUNNING 2 0 GRACEFUL");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SOFT | REBOOT active rebooting 1           | RUNNING 1 1 GRACEFUL",
                "hard | HARD_REBOOT active rebooting_hard 1 | RUNNING 1 1 AT_ONCE"
            })
    void reboots(String type, String underWay, String wish) {
        asked("{'reboot': {'type': '" + type + "'}}");
        assertThat(state()).isEqualTo(underWay);
        assertThat(wished()).isEqualTo(wish);
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
    }

    @Test
    void aRebootThatTheGuestIgnoresIsForced() {
        asked("{'reboot': {'type': 'SOFT'}}");
        refused("{'reboot': {'type': 'SOFT'}}");
        asked("{'reboot': {'type': 'HARD'}}");
        assertThat(wished()).isEqualTo("RUNNING 2 2 AT_ONCE");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
    }

    @Test
    void suspendsAndResumes() {
        asked("{'suspend': null}");
        assertThat(state()).isEqualTo("ACTIVE active suspending 1");
        assertThat(wished()).isEqualTo("SUSPENDED 1 0 GRACEFUL");
        cloud.observed(server, PowerState.SUSPENDED, NONE);
        assertThat(state()).isEqualTo("SUSPENDED suspended - 4");
        assertThat(refused("{'os-start': null}").text())
                .contains("vm_state suspended")
                .contains("Allowed in this state: reboot (HARD), resume, createImage, createBackup, shelve, delete.");
        asked("{'resume': null}");
        assertThat(state()).isEqualTo("SUSPENDED suspended resuming 4");
        assertThat(wished()).isEqualTo("RUNNING 2 0 GRACEFUL");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
        assertThat(cloud.text("select string_agg(action || ' ' || (failure is null and finished_at is not null), ', '"
                        + " order by id) from server_action"))
                .isEqualTo("create true, suspend true, resume true");
    }

    @Test
    void whatCannotBeSuspendedRunsOnAndSaysWhy() {
        asked("{'suspend': null}");
        cloud.observed(server, PowerState.RUNNING, DISK_GONE);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
        assertThat(wished()).isEqualTo("RUNNING 2 0 GRACEFUL");
        assertThat(cloud.text("select failure from server_action where action = 'suspend'"))
                .isEqualTo("The root disk is not there.");
    }

    @Test
    void whatCannotGoOnStaysSuspended() {
        asked("{'suspend': null}");
        cloud.observed(server, PowerState.SUSPENDED, NONE);
        asked("{'resume': null}");
        cloud.observed(server, PowerState.SUSPENDED, DISK_GONE);
        assertThat(state()).isEqualTo("SUSPENDED suspended - 4");
        assertThat(wished()).as("its host does not go on trying").isEqualTo("SUSPENDED 3 0 GRACEFUL");
    }

    @Test
    void oneWhoseMemoryIsGoneIsOffAndIsNotStartedInItsPlace() {
        asked("{'suspend': null}");
        cloud.observed(server, PowerState.SUSPENDED, NONE);
        asked("{'resume': null}");
        cloud.observed(server, PowerState.STOPPED, DISK_GONE);
        assertThat(state()).isEqualTo("SHUTOFF stopped - 4");
        assertThat(wished()).isEqualTo("STOPPED 3 0 GRACEFUL");
        assertThat(cloud.text("select failure from server_action where action = 'resume'"))
                .isEqualTo("The root disk is not there.");
    }

    @Test
    void thePowerOfAServerWhoseHostIsSilentIsNotKnown() {
        cloud.execute("update host set last_seen_at = now() - interval '2 minutes'");
        assertThat(state()).isEqualTo("ACTIVE active - 0");
        assertThat(count("?power_state=running")).isZero();
        assertThat(count("?power_state=0")).isOne();
        cloud.execute("update host set last_seen_at = now()");
        assertThat(state()).isEqualTo("ACTIVE active - 1");
        assertThat(count("?power_state=running")).isOne();
        assertThat(count("?power_state=nostate")).isZero();
    }

    private static int count(String filter) {
        return cloud.admin()
                .get("/v2.1/servers/detail" + filter)
                .json()
                .required("servers")
                .size();
    }

    @Test
    void pausesAndGoesOn() {
        asked("{'pause': null}");
        assertThat(state()).isEqualTo("ACTIVE active pausing 1");
        cloud.observed(server, PowerState.PAUSED, NONE);
        assertThat(state()).isEqualTo("PAUSED paused - 3");
        asked("{'unpause': null}");
        assertThat(state()).isEqualTo("PAUSED paused unpausing 3");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
    }

    @Test
    void aGuestThatEndsItselfIsShutOffAndIsToStaySo() {
        cloud.observed(server, PowerState.STOPPED, NONE);
        assertThat(state()).isEqualTo("SHUTOFF stopped - 4");
        assertThat(wished()).as("its host is told").isEqualTo("STOPPED 1 0 GRACEFUL");
        asked("{'os-start': null}");
        cloud.observed(server, PowerState.CRASHED, NONE);
        assertThat(state()).isEqualTo("SHUTOFF stopped - 6");
    }

    @Test
    void oneThatTheHypervisorPausedIsPausedAndCanGoOn() {
        cloud.observed(server, PowerState.PAUSED, NONE);
        assertThat(state()).isEqualTo("PAUSED paused - 3");
        asked("{'unpause': null}");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
    }

    @Test
    void aStartThatFailsLeavesItOffAndSaysWhy() {
        asked("{'os-stop': null}");
        cloud.observed(server, PowerState.STOPPED, NONE);
        asked("{'os-start': null}");
        cloud.observed(server, PowerState.STOPPED, DISK_GONE);

        assertThat(state()).isEqualTo("SHUTOFF stopped - 4");
        assertThat(wished()).as("nobody tries again by himself").isEqualTo("STOPPED 3 0 GRACEFUL");
        JsonNode action = actions().get(0);
        assertThat(action.required("action").asString()).isEqualTo("start");
        assertThat(action.required("message").asString()).isEqualTo("Error");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'os-stop': null} | RUNNING | ACTIVE active - 1 | RUNNING 2 0 GRACEFUL",
                "{'pause': null}   | RUNNING | ACTIVE active - 1 | RUNNING 2 0 GRACEFUL",
                "{'reboot': {'type': 'HARD'}} | RUNNING | ERROR error - 1 | RUNNING 1 1 AT_ONCE"
            })
    void whatCouldNotBeDoneLeavesItAsItWasButForAReboot(String action, PowerState seen, String state, String wish) {
        asked(action);
        cloud.observed(server, seen, DISK_GONE);
        assertThat(state()).isEqualTo(state);
        assertThat(wished()).isEqualTo(wish);
        assertThat(actions().get(0).required("message").asString()).isEqualTo("Error");
    }

    @Test
    void aRebootThatFailsIsAnErrorUntilItWorks() {
        asked("{'reboot': {'type': 'HARD'}}");
        cloud.observed(server, PowerState.STOPPED, DISK_GONE);
        assertThat(state()).isEqualTo("ERROR error - 4");
        assertThat(show().at("/fault/message").asString()).isEqualTo("The root disk is not there.");
        assertThat(wished()).as("its host goes on trying").isEqualTo("RUNNING 1 1 AT_ONCE");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
        assertThat(show().has("fault")).isFalse();
    }

    @Test
    void whatWasReportedBeforeTheNewestWishCountsForNothing() {
        asked("{'os-stop': null}");
        cloud.observedAt(0, server, PowerState.RUNNING);
        assertThat(state()).isEqualTo("ACTIVE active powering-off 1");
    }

    /** In which state, what is refused, and what the refusal names as allowed. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ACTIVE  | {'os-start': null}           | Cannot 'start' instance SERVER while it is in vm_state active. Allowed in this state: stop, reboot, reboot (HARD), pause, suspend, rebuild,",
                "ACTIVE  | {'unpause': null}            | Cannot 'unpause' instance SERVER while it is in vm_state active.",
                "SHUTOFF | {'os-stop': null}            | Cannot 'stop' instance SERVER while it is in vm_state stopped. Allowed in this state: start, reboot (HARD), rebuild,",
                "SHUTOFF | {'reboot': {'type': 'SOFT'}} | Cannot 'reboot' instance SERVER while it is in vm_state stopped.",
                "SHUTOFF | {'pause': null}              | Cannot 'pause' instance SERVER while it is in vm_state stopped.",
                "PAUSED  | {'os-stop': null}            | Cannot 'stop' instance SERVER while it is in vm_state paused. Allowed in this state: reboot (HARD), unpause,",
                "PAUSED  | {'pause': null}              | Cannot 'pause' instance SERVER while it is in vm_state paused."
            })
    void whatAStateDoesNotAllowIsAConflictThatSaysWhatItDoes(String status, String action, String sentence) {
        switch (status) {
            case "SHUTOFF" -> cloud.observed(server, PowerState.STOPPED, NONE);
            case "PAUSED" -> cloud.observed(server, PowerState.PAUSED, NONE);
            default -> assertThat(status).isEqualTo("ACTIVE");
        }
        String before = state() + wished();
        assertThat(refused(action).text()).contains(sentence.replace("SERVER", server));
        assertThat(state() + wished()).isEqualTo(before);
    }

    @Test
    void ofTwoAtOnceOneWins() throws Exception {
        List<Callable<Integer>> both = List.of(
                () -> act("member", "2.96", "{'os-stop': null}").status(),
                () -> act("member", "2.96", "{'pause': null}").status());
        try (ExecutorService clients = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 10; round++) {
                boot();
                assertThat(clients.invokeAll(both).stream().map(Future::resultNow))
                        .containsExactlyInAnyOrder(202, 409);
            }
        }
    }

    @Test
    void whatIsBuildingOrCouldNotBeBuiltHasNoPower() {
        String building = cloud.admin()
                .post("/v2.1/servers", ComputeCloud.boot("next", flavor, image, "'networks': 'none'"))
                .json()
                .at("/server/id")
                .asString();
        server = building;
        assertThat(refused("{'os-stop': null}").text()).contains("task_state spawning");
        assertThat(act("admin", "2.96", "{'os-resetState': {'state': 'active'}}")
                        .status())
                .isEqualTo(409);
        cloud.failed(building, "VfAttributeRefused", "The card refused the rate.");
        assertThat(refused("{'os-stop': null}").text()).contains("vm_state error");
        assertThat(refused("{'reboot': {'type': 'HARD'}}").text()).contains("vm_state error");
    }

    @Test
    void aSilentHostIsAskedForNothing() {
        cloud.execute("update host set last_seen_at = now() - interval '75 seconds'");
        assertThat(refused("{'os-stop': null}").text()).contains("has not been heard of for 75 s");
        assertThat(state()).isEqualTo("ACTIVE active - 0");
        assertThat(wished()).isEqualTo("RUNNING 0 0 GRACEFUL");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'reboot': {}}                             | type",
                "{'reboot': {'type': 'WARM'}}               | type",
                "{'reboot': {'type': 'SOFT', 'when': 'now'}} | when",
                "{'os-stop': {'force': true}}               | os-stop",
                "{'lock': {'locked_reason': ''}}            | locked_reason"
            })
    void whatNoActionTakesIsRefusedByName(String action, String field) {
        Answer answer = act("member", "2.96", action);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.text()).contains(field);
        assertThat(wished()).isEqualTo("RUNNING 0 0 GRACEFUL");
    }

    @Test
    void aLockKeepsAllButOperatorsFromChangingIt() {
        asked("{'lock': {'locked_reason': 'do not touch'}}");
        JsonNode shown = show();
        assertThat(shown.required("locked").asBoolean()).isTrue();
        assertThat(cloud.as("member", "2.73")
                        .get("/v2.1/servers/" + server)
                        .json()
                        .at("/server/locked_reason")
                        .asString())
                .isEqualTo("do not touch");
        assertThat(names("locked=true")).containsExactly("vm");
        assertThat(names("locked=false")).isEmpty();

        assertThat(refused("{'os-stop': null}").text()).contains("is locked ('do not touch').");
        assertThat(cloud.as("member", "2.96").delete("/v2.1/servers/" + server).status())
                .isEqualTo(409);
        assertThat(cloud.as("member", "2.96")
                        .put("/v2.1/servers/" + server + "/metadata", "{'metadata': {}}")
                        .status())
                .isEqualTo(409);
        assertThat(refused("{'createImage': {'name': 'x'}}").text()).contains("is locked");
        assertThat(cloud.as("member", "2.96")
                        .put("/v2.1/servers/" + server, "{'server': {'name': 'vm', 'description': 'locked'}}")
                        .status())
                .as("what is said of it is no change of it")
                .isEqualTo(200);
        assertThat(cloud.as("member", "2.96")
                        .put("/v2.1/servers/" + server + "/tags/blue", "{}")
                        .status())
                .isEqualTo(201);
        assertThat(act("admin", "2.96", "{'pause': null}").status()).isEqualTo(202);

        asked("{'unlock': null}");
        assertThat(show().required("locked").asBoolean()).isFalse();
        assertThat(cloud.as("member", "2.96").delete("/v2.1/servers/" + server).status())
                .isEqualTo(204);
    }

    @Test
    void whatAnOperatorLockedTheProjectDoesNotUnlock() {
        cloud.execute("update server set locked_by = 'admin', locked_reason = 'evidence'");
        asked("{'lock': {'locked_reason': 'mine'}}");
        assertThat(cloud.text("select locked_by || ' ' || locked_reason from server"))
                .isEqualTo("admin evidence");
        assertThat(act("member", "2.96", "{'unlock': null}").status()).isEqualTo(403);
        assertThat(show().required("locked").asBoolean()).isTrue();
        assertThat(act("admin", "2.96", "{'unlock': null}").status()).isEqualTo(202);
        assertThat(show().required("locked").asBoolean()).isFalse();
    }

    @Test
    void anOperatorSaysWhatStateItIsIn() {
        assertThat(act("admin", "2.96", "{'os-resetState': {'state': 'error'}}").status())
                .isEqualTo(202);
        assertThat(state()).isEqualTo("ERROR error - 1");
        cloud.running(server);
        assertThat(state()).as("a report does not take it back").isEqualTo("ERROR error - 1");
        cloud.observed(server, PowerState.STOPPED, NONE);
        assertThat(state()).as("and is seen all the same").isEqualTo("ERROR error - 4");
        asked("{'reboot': {'type': 'HARD'}}");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
        asked("{'os-stop': null}");
        assertThat(act("admin", "2.96", "{'os-resetState': {'state': 'active'}}")
                        .status())
                .isEqualTo(202);
        assertThat(state()).isEqualTo("ACTIVE active - 1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'os-start': null}",
                "{'os-stop': null}",
                "{'reboot': {'type': 'HARD'}}",
                "{'rescue': null}",
                "{'evacuate': {}}",
                "{'migrate': null}",
                "{'os-resetState': {'state': 'active'}}"
            })
    void oneThatIsOnNoHostCanOnlyBeDeletedAndIsSaidTo(String action) {
        cloud.execute("update host set enabled = false");
        String nowhere = cloud.as("member", "2.96")
                .post("/v2.1/servers", ComputeCloud.boot("nowhere", flavor, image, "'networks': 'none'"))
                .json()
                .at("/server/id")
                .asString();
        cloud.execute("update host set enabled = true");

        Answer answer = cloud.as("admin", "2.96").post("/v2.1/servers/" + nowhere + "/action", action);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text())
                .contains("it is in ERROR and on no host", "Delete it: openstack server delete " + nowhere)
                .doesNotContain("Allowed");
    }

    @Test
    void whatWasAskedBeforeAnOperatorSaidTheStateIsNotWishedAnyMore() {
        asked("{'os-stop': null}");
        assertThat(wished()).isEqualTo("STOPPED 1 0 GRACEFUL");
        assertThat(act("admin", "2.96", "{'os-resetState': {'state': 'active'}}")
                        .status())
                .isEqualTo(202);
        assertThat(wished()).isEqualTo("RUNNING 2 0 AT_ONCE");
        cloud.observedBefore(server, PowerState.STOPPED, 1);
        assertThat(state()).as("what was done of it before is an old word").isEqualTo("ACTIVE active - 1");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active - 1");

        asked("{'os-stop': null}");
        assertThat(act("admin", "2.96", "{'os-resetState': {'state': 'error'}}").status())
                .isEqualTo(202);
        assertThat(wished()).isEqualTo("RUNNING 4 0 AT_ONCE");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RUNNING | REBUILD active rebuilding 1  | RUNNING 1 1 AT_ONCE | ACTIVE active - 1",
                "STOPPED | REBUILD stopped rebuilding 4 | STOPPED 2 1 AT_ONCE | SHUTOFF stopped - 4"
            })
    void aRebuildMakesItAnewAndLeavesItsPowerAsItWas(PowerState power, String underWay, String wish, String state) {
        cloud.observed(server, power, NONE);
        UUID other = cloud.newImage();
        String key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqkJ0Qf0N3qzY0Yw0nZ8l1k3oJr1z2dE7tJm7P0a7Qe";
        cloud.execute("insert into keypair (user_id, name, fingerprint, public_key) values ('" + "a".repeat(32)
                + "', 'other', 'f', '" + key + "') on conflict do nothing");

        Answer answer = act(
                "member",
                "2.96",
                "{'rebuild': {'imageRef': '" + other + "', 'name': 'again', 'metadata': {'role': 'db'},"
                        + " 'description': 'second', 'key_name': 'other', 'user_data': 'I2Nsb3Vk'}}");

        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        assertThat(answer.json().at("/server/image/id").asString()).isEqualTo(other.toString());
        assertThat(answer.json().at("/server/name").asString()).isEqualTo("again");
        assertThat(answer.json().at("/server/status").asString()).isEqualTo("REBUILD");
        assertThat(names("status=REBUILD")).containsExactly("again");
        assertThat(state()).isEqualTo(underWay);
        assertThat(wished()).isEqualTo(wish);
        assertThat(cloud.text("select rebuilds || ' ' || key_name || ' ' || public_key || ' ' || user_data"
                        + " from server s join claim c on c.server_id = s.id"))
                .isEqualTo("1 other " + key + " I2Nsb3Vk");
        cloud.observed(server, power, NONE);
        assertThat(state()).isEqualTo(state);
        assertThat(show().at("/metadata/role").asString()).isEqualTo("db");
        assertThat(actions().get(0).required("action").asString()).isEqualTo("rebuild");
    }

    @Test
    void whatARebuildDoesNotNameStays() {
        String before = cloud.text("select name || coalesce(key_name, '-') || coalesce(user_data, '-') || hostname"
                + " || coalesce(description, '-') || metadata from server");
        assertThat(act("member", "2.96", "{'rebuild': {'imageRef': '" + image + "'}}")
                        .status())
                .isEqualTo(202);
        assertThat(cloud.text("select name || coalesce(key_name, '-') || coalesce(user_data, '-') || hostname"
                        + " || coalesce(description, '-') || metadata from server"))
                .isEqualTo(before);
    }

    @Test
    void aRebuildThatCannotBeLeavesEverythingAsItWas() {
        UUID large = cloud.newImage("active", 0, 0, 3L << 30);
        UUID empty = cloud.newImage("queued", 0, 0, 1 << 20);
        String[][] refusals = {
            {"{'imageRef': '" + UUID.randomUUID() + "'}", "could not be found"},
            {"{'imageRef': '" + large + "'}", "Flavor's disk is too small for requested image"},
            {"{'imageRef': '" + empty + "'}", "is not active"},
            {"{'imageRef': '" + image + "', 'key_name': 'nobody'}", "key_name"},
            {"{'imageRef': '" + image + "', 'adminPass': 'x'}", "adminPass"},
            {"{'imageRef': '" + image + "', 'preserve_ephemeral': true}", "preserve_ephemeral"},
            {"{'imageRef': '" + image + "', 'user_data': '?'}", "user_data"},
            {"{'imageRef': null}", "imageRef"},
            {"{'name': 'x'}", "imageRef"}
        };
        for (String[] refusal : refusals) {
            Answer answer = act("member", "2.96", "{'rebuild': " + refusal[0] + "}");
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
            assertThat(answer.text()).contains(refusal[1]);
        }
        cloud.observed(server, PowerState.PAUSED, NONE);
        assertThat(refused("{'rebuild': {'imageRef': '" + image + "'}}").text()).contains("vm_state paused");
        assertThat(cloud.text(
                        "select cast(s.image_id as text) || rebuilds from server s join claim c on c.server_id = s.id"))
                .isEqualTo(image + "0");
    }

    @Test
    void allThatWasAskedForIsOnRecord() {
        asked("{'os-stop': null}");
        cloud.observed(server, PowerState.STOPPED, NONE);
        refused("{'os-stop': null}");
        asked("{'os-start': null}");
        asked("{'lock': null}");

        assertThat(actions()
                        .valueStream()
                        .map(action -> action.required("action").asString()))
                .containsExactly("lock", "start", "stop", "create");
        JsonNode actions =
                Json.MAPPER.valueToTree(actions().valueStream().skip(1).toList());
        JsonNode start = one(actions.get(0));
        assertThat(start.at("/events/0/event").asString()).isEqualTo("compute_start_instance");
        assertThat(start.at("/events/0/finish_time").isNull())
                .as("it is under way")
                .isTrue();
        JsonNode stop = one(actions.get(1));
        assertThat(stop.at("/events/0/result").asString()).isEqualTo("Success");
        assertThat(stop.at("/events/0/finish_time").isNull()).isFalse();
        assertThat(stop.required("user_id").asString()).isEqualTo("a".repeat(32));

        JsonNode page = cloud.as("member", "2.58")
                .get("/v2.1/servers/" + server + "/os-instance-actions?limit=1&marker="
                        + actions.get(0).required("request_id").asString())
                .json();
        assertThat(page.at("/instanceActions/0/action").asString()).isEqualTo("stop");
        assertThat(page.at("/links/0/rel").asString()).isEqualTo("next");
    }

    @Test
    void whatATenantSaysOfARunningServerIsToldToItsHost() {
        cloud.observed(server, PowerState.RUNNING, NONE);
        cloud.execute("insert into keypair (user_id, name, fingerprint, public_key) values ('" + "a".repeat(32)
                + "', 'newer', 'f', 'ssh-ed25519 AAAA newer') on conflict do nothing");
        ComputeCloud.Session member = cloud.as("member", "2.96");

        assertThat(member.put("/v2.1/servers/" + server, "{'server': {'name': 'other'}}")
                        .status())
                .isEqualTo(200);
        assertThat(member.post("/v2.1/servers/" + server + "/metadata", "{'metadata': {'role': 'db'}}")
                        .status())
                .isEqualTo(200);
        DesiredServer told = cloud.told(host, server).orElseThrow();
        assertThat(told.name()).isEqualTo("other");
        assertThat(told.metadata()).containsEntry("role", "db");
        assertThat(told.keys()).isEmpty();

        asked("{'rebuild': {'imageRef': '" + image + "', 'key_name': 'newer'}}");
        assertThat(cloud.told(host, server).orElseThrow().keys())
                .containsExactly(Map.entry("newer", "ssh-ed25519 AAAA newer"));
    }

    private JsonNode actions() {
        return cloud.as("member", "2.96")
                .get("/v2.1/servers/" + server + "/os-instance-actions")
                .json()
                .required("instanceActions");
    }

    private JsonNode one(JsonNode action) {
        return cloud.as("member", "2.96")
                .get("/v2.1/servers/" + server + "/os-instance-actions/"
                        + action.required("request_id").asString())
                .json()
                .required("instanceAction");
    }

    private static List<String> names(String query) {
        return ComputeCloud.names(
                cloud.admin().get("/v2.1/servers?" + query).json().required("servers"), "name");
    }
}
