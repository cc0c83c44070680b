package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Failure;
import tools.jackson.databind.JsonNode;

/** Whatever a server was when its host died, it comes away from there, and what it becomes is what people expect. */
final class EvacuationStatesTest {
    private static final Optional<Failure> NONE = Optional.empty();

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static UUID network;
    private static String small;
    private static String large;

    private UUID image = new UUID(0, 0);
    private HostId dead = HostId.random();
    private HostId other = HostId.random();
    private String server = "";

    @BeforeAll
    static void start() {
        cloud = new ComputeCloud(postgres.database());
        network = cloud.network("net", "sriovnet0", 2401, "10.0.0");
        small = cloud.flavor("m1.small", 1, 512, 2);
        large = cloud.flavor("m1.large", 4, 2048, 20);
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void boot() {
        image = cloud.newImage();
        dead = cloud.host("compute01", 2);
        server = cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "vm",
                                small,
                                image,
                                "'networks': [{'port': '" + cloud.port(network, "direct", "10.0.0.9") + "'}]"))
                .json()
                .at("/server/id")
                .asString();
        cloud.running(server);
        other = cloud.host("compute02", 2);
    }

    @AfterEach
    void forget() {
        cloud.forgetServers();
        cloud.execute("delete from port");
        cloud.execute("delete from image");
        cloud.hosts().forEach(cloud::lose);
    }

    private Answer act(String action) {
        return cloud.as("admin", "2.94").post("/v2.1/servers/" + server + "/action", action);
    }

    private void asked(String action) {
        Answer answer = act(action);
        assertThat(answer.status()).as(answer.text()).isBetween(200, 204);
    }

    private void done(String action, PowerState power) {
        asked(action);
        cloud.observed(server, power, NONE);
    }

    private void declareDown(HostId host) {
        Answer answer = cloud.admin().put("/v2.1/os-services/" + host, "{'forced_down': true}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private void evacuated() {
        declareDown(dead);
        assertThat(onTheList("compute01")).as("what host-evacuate goes through").isEqualTo(1);
        asked("{'evacuate': {}}");
        assertThat(onTheList("compute01")).isZero();
    }

    private int onTheList(String host) {
        return cloud.as("admin", "2.53")
                .get("/v2.1/os-hypervisors?with_servers=true&hypervisor_hostname_pattern=" + host)
                .json()
                .at("/hypervisors/0/servers")
                .size();
    }

    private void refused(String action, int status, String... sentences) {
        String before = claims();
        Answer answer = act(action);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.text()).contains(sentences);
        assertThat(claims()).isEqualTo(before);
    }

    private String state() {
        JsonNode shown = cloud.admin().get("/v2.1/servers/" + server).json().required("server");
        return shown.required("status").asString() + " "
                + shown.required("OS-EXT-STS:task_state").asString("-") + " "
                + shown.path("OS-EXT-SRV-ATTR:host").asString("-");
    }

    private String claims() {
        return cloud.text("""
                select coalesce(string_agg(concat_ws(' ', h.name, c.role, c.present, c.power), ', ' order by h.name), 'none')
                from claim c join host h on h.id = c.host_id""");
    }

    private String record() {
        return cloud.text("select string_agg(action || ' ' || case when finished_at is null then 'under way' else"
                + " coalesce(failure, 'done') end, ', ' order by id) from server_action where action <> 'create'");
    }

    private DesiredServer told(HostId host) {
        return cloud.told(host, server).orElseThrow();
    }

    @Test
    void oneThatStoodStillRuns() {
        done("{'pause': null}", PowerState.PAUSED);
        evacuated();
        assertThat(claims()).isEqualTo("compute01 outgoing t STOPPED, compute02 current t RUNNING");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute02");
        assertThat(record()).isEqualTo("pause done, evacuate done");
    }

    /** The file with its memory is on the host that is down, and nothing boots in place of what was to go on. */
    @Test
    void oneThatWasSuspendedIsOff() {
        done("{'suspend': null}", PowerState.SUSPENDED);
        evacuated();
        assertThat(claims()).isEqualTo("compute01 outgoing t STOPPED, compute02 current t STOPPED");
        cloud.observed(server, PowerState.STOPPED, NONE);
        assertThat(state()).isEqualTo("SHUTOFF - compute02");
        asked("{'os-start': null}");
    }

    @Test
    void oneThatWasBeingSuspendedRuns() {
        asked("{'suspend': null}");
        evacuated();
        assertThat(claims()).isEqualTo("compute01 outgoing t STOPPED, compute02 current t RUNNING");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute02");
        assertThat(record())
                .isEqualTo("suspend Its host was down before that was done, and the server was evacuated.,"
                        + " evacuate done");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneThatWasRescuedRunsFromItsOwnDisk(boolean wasOver) {
        asked("{'rescue': null}");
        if (wasOver) {
            cloud.running(server);
            // Its guest ended there, which says nothing of what it is to be.
            cloud.observed(server, PowerState.STOPPED, NONE);
            assertThat(state()).isEqualTo("RESCUE - compute01");
        }
        int boots = told(dead).power().boots();
        evacuated();
        assertThat(told(other).diskWish().rescue()).isEmpty();
        assertThat(told(dead).diskWish().rescue()).isEmpty();
        assertThat(claims()).isEqualTo("compute01 outgoing t STOPPED, compute02 current t RUNNING");

        cloud.failed(server, "VfAttributeRefused", "The card refuses it.");
        cloud.absent(other, server);
        assertThat(state()).isEqualTo("ERROR - compute01");
        assertThat(told(dead).power().boots())
                .as("a host that heard of none of that has it running from the other image")
                .isGreaterThan(boots);
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute01");
    }

    @Test
    void oneThatWasResizedInPlaceStaysWhatItHasBecome() {
        asked("{'resize': {'flavorRef': '" + large + "'}}");
        cloud.observed(server, PowerState.STOPPED, NONE);
        cloud.running(server);
        assertThat(state()).isEqualTo("VERIFY_RESIZE - compute01");
        evacuated();
        assertThat(claims()).isEqualTo("compute01 outgoing t STOPPED, compute02 current t RUNNING");
        assertThat(told(other).vcpus() + " " + told(other).diskGib()).isEqualTo("4 20");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute02");
        assertThat(record()).isEqualTo("resize done, confirmResize done, evacuate done");
        assertThat(cloud.count("from operation")).isZero();
        refused("{'revertResize': null}", 409, "vm_state active");
    }

    /** To the second host, undecided; the first is up and the third has room. */
    private void moved() {
        asked("{'migrate': null}");
        cloud.observed(server, PowerState.STOPPED, NONE);
        cloud.copied(server);
        cloud.running(server);
        assertThat(state()).isEqualTo("VERIFY_RESIZE - compute02");
        cloud.host("compute03", 2);
    }

    @Test
    void oneThatWasMovedGoesBackToItsDiskOfBefore() {
        moved();
        cloud.execute("update image set status = 'deactivated'");
        declareDown(other);
        refused("{'evacuate': {'host': 'compute03'}}", 400, "goes back to host compute01", "Leave the field host out.");
        assertThat(onTheList("compute02")).isEqualTo(1);
        asked("{'evacuate': {}}");
        assertThat(claims()).isEqualTo("compute01 current t RUNNING, compute02 outgoing f RUNNING");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute01");
        assertThat(record()).isEqualTo("migrate done, revertResize done");
        assertThat(cloud.text("select status from migration")).isEqualTo("reverted");
        assertThat(cloud.count("from operation")).isZero();
    }

    @Test
    void oneThatWasMovedIsNotStartedWhereItWasWhileItsHostIsOnlySilent() {
        moved();
        cloud.execute("update host set last_seen_at = now() - interval '2 minutes' where name = 'compute02'");
        refused("{'evacuate': {}}", 409, "may run on host compute02 still", "--down compute02 nova-compute");
        assertThat(state()).isEqualTo("VERIFY_RESIZE - compute02");
    }

    @Test
    void oneBothHostsOfWhichAreDownWaitsForItsDiskUntilThatIsLost() {
        moved();
        declareDown(other);
        declareDown(dead);
        refused(
                "{'evacuate': {}}",
                409,
                "host compute01, where its disk of before is, is down",
                "remove --lost compute01");
        cloud.lose(dead);
        asked("{'evacuate': {}}");
        assertThat(claims()).isEqualTo("compute02 outgoing t STOPPED, compute03 current t RUNNING");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute03");
        assertThat(record()).isEqualTo("migrate done, confirmResize done, evacuate done");
        assertThat(cloud.text("select status from migration")).isEqualTo("confirmed");
    }

    @Test
    void oneThatWasMovedAndRunsIsConfirmedWhenTheHostItCameFromDies() {
        moved();
        declareDown(dead);
        refused("{'evacuate': {}}", 400, "Compute service of compute02 is still in use.");
        refused(
                "{'revertResize': null}",
                409,
                "host compute01, where it was, is down",
                "confirm that the server stays");
        asked("{'confirmResize': null}");
        assertThat(state()).isEqualTo("ACTIVE - compute02");
        assertThat(claims()).isEqualTo("compute01 outgoing f STOPPED, compute02 current t RUNNING");
    }

    /** On its way from its host to its image, which is here. */
    private void shelving() {
        done("{'shelve': null}", PowerState.STOPPED);
        cloud.copied(server);
        assertThat(state()).isEqualTo("SHELVED shelving_offloading compute01");
    }

    @Test
    void oneThatIsShelvedIsInItsImageAndOnNoHost() {
        shelving();
        cloud.execute("update image set status = 'deactivated' where id = '" + image + "'");
        evacuated();
        assertThat(state()).isEqualTo("SHELVED_OFFLOADED - -");
        assertThat(record()).isEqualTo("shelve done, evacuate done");
        assertThat(claims()).as("what is left there is not free").isEqualTo("compute01 outgoing f STOPPED");
        assertThat(cloud.text("select binding_host || status from port")).isEqualTo("DOWN");

        // It is up again, and has not yet given the server up.
        cloud.execute("update host set forced_down_at = null, enabled = (name = 'compute01')");
        refused("{'unshelve': null}", 409, "No valid host was found.");
        cloud.execute("update host set enabled = true");
        asked("{'unshelve': null}");
        assertThat(claims()).isEqualTo("compute01 outgoing f STOPPED, compute02 current t RUNNING");
        assertThat(cloud.text("select binding_host from port")).isEqualTo("compute02");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute02");

        cloud.absent(dead, server);
        assertThat(claims()).isEqualTo("compute02 current t RUNNING");
        assertThat(cloud.text("select binding_host || ' ' || status from port")).isEqualTo("compute02 ACTIVE");
    }

    @Test
    void oneThatIsShelvedStaysSoWhateverBecomesOfTheHost() {
        shelving();
        evacuated();
        refused("{'evacuate': {}}", 409, "vm_state shelved_offloaded");
        asked("{'unshelve': null}");
        cloud.failed(server, "DomainRefused", "There is no memory.");
        cloud.absent(other, server);
        assertThat(state()).isEqualTo("SHELVED_OFFLOADED - -");
        assertThat(claims()).isEqualTo("compute01 outgoing f STOPPED");

        cloud.lose(dead);
        assertThat(state()).isEqualTo("SHELVED_OFFLOADED - -");
        assertThat(cloud.count("from port where server_id is not null")).isEqualTo(1);
        asked("{'unshelve': null}");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute02");
    }

    @Test
    void oneThatIsShelvedAndDeletedIsGoneWhenTheHostHasGivenItUp() {
        shelving();
        evacuated();
        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);
        assertThat(cloud.count("from server"))
                .as("the dead host has its function")
                .isEqualTo(1);
        cloud.absent(dead, server);
        assertThat(cloud.count("from server")).isZero();
        assertThat(cloud.count("from virtual_function where leased_server_id is not null"))
                .isZero();
    }
}
