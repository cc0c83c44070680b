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
import org.sluice.model.HostId;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Failure;
import tools.jackson.databind.JsonNode;

/** Servers that go to another host with their disks, stay there or come back. */
final class MoveTest {
    private static final Optional<Failure> NONE = Optional.empty();

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static HostId first;
    private static HostId second;
    private static String small;
    private static String large;
    private static UUID image;
    private static UUID bridged;
    private static UUID direct;

    private String server = "";

    @BeforeAll
    static void start() {
        cloud = new ComputeCloud(postgres.database());
        first = cloud.host("compute01", 2);
        second = cloud.host("compute02", 2);
        small = cloud.flavor("m1.small", 1, 512, 2);
        large = cloud.flavor("m1.large", 40, 2048, 20);
        image = cloud.newImage();
        bridged = cloud.network("net", "physnet0", 100, "10.1.0");
        direct = cloud.network("fast", "sriovnet0", 200, "10.2.0");
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void boot() {
        cloud.forgetServers();
        cloud.execute("delete from port");
        cloud.execute("delete from image where project_id = 'sluice'");
        cloud.execute("update host set vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0, last_seen_at = now(),"
                + " forced_down_at = null, enabled = (name = 'compute01')");
        server = cloud.as("member", "2.96")
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "vm",
                                small,
                                image,
                                "'networks': [{'port': '" + cloud.port(bridged, "normal", "10.1.0.7") + "'}, {'port': '"
                                        + cloud.port(direct, "direct", "10.2.0.9") + "'}]"))
                .json()
                .at("/server/id")
                .asString();
        cloud.running(server);
        cloud.execute("update host set enabled = true");
        assertThat(books()).isEqualTo(HOME);
    }

    /** What is held of it at home, and nowhere else. */
    private static final String HOME =
            "compute01 current t RUNNING: 1 lease, active 2; shown compute01 compute01; used 1/0; images 0";

    private static String books() {
        return cloud.text("""
                select string_agg(h.name || ' ' || c.role || ' ' || left(cast(c.present as text), 1) || ' ' || c.power || ': '
                        || (select count(*) from virtual_function v where v.leased_host_id = h.id
                            and v.leased_server_id = c.server_id) || ' lease, '
                        || (select case when bool_and(b.active) then 'active ' else 'kept ' end || count(*)
                            from port_binding b where b.host_id = h.id and b.server_id = c.server_id),
                        ' + ' order by h.name)
                    || '; shown ' || (select string_agg(binding_host, ' ') from port where server_id is not null)
                    || '; used ' || (select string_agg(cast(vcpus_used as text), '/' order by name) from host)
                    || '; images ' || (select count(*) from image where project_id = 'sluice')
                from claim c join host h on h.id = c.host_id""");
    }

    private Answer act(String who, String version, String action) {
        return cloud.as(who, version).post("/v2.1/servers/" + server + "/action", action);
    }

    private void asked(String action) {
        Answer answer = act("admin", "2.96", action);
        assertThat(answer.status()).as(answer.text()).isBetween(202, 204);
    }

    private void refused(String action, int status, String sentence) {
        Answer answer = act("admin", "2.96", action);
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.text()).contains(sentence);
    }

    private String state() {
        JsonNode shown = cloud.admin().get("/v2.1/servers/" + server).json().required("server");
        return shown.required("status").asString() + " "
                + shown.required("OS-EXT-STS:task_state").asString("-") + " "
                + shown.path("OS-EXT-SRV-ATTR:host").asString("-");
    }

    private static String record(String action) {
        return cloud.text("select coalesce(failure, case when finished_at is null then 'under way' else 'done' end)"
                + " from server_action where action = '" + action + "' order by id desc limit 1");
    }

    private static String migration() {
        JsonNode newest =
                cloud.as("admin", "2.80").get("/v2.1/os-migrations").json().at("/migrations/0");
        return newest.path("migration_type").asString() + " "
                + newest.path("source_compute").asString() + " to "
                + newest.path("dest_compute").asString() + ": "
                + newest.path("status").asString();
    }

    private DesiredServer told(HostId host) {
        return cloud.told(host, server).orElseThrow();
    }

    /** Up to the moment in which the other host is told. */
    private void onItsWay() {
        asked("{'migrate': null}");
        cloud.observed(server, PowerState.STOPPED, NONE);
        cloud.copied(server);
    }

    private void moved() {
        onItsWay();
        cloud.running(server);
        assertThat(state()).isEqualTo("VERIFY_RESIZE - compute02");
    }

    private static final String MOVED = "compute01 outgoing t STOPPED: 1 lease, kept 2"
            + " + compute02 current t RUNNING: 1 lease, active 2; shown compute02 compute02; used 1/1; images 0";

    @Test
    void itsGuestEndsItsDiskFollowsAndItRunsOnTheOtherHost() {
        asked("{'migrate': null}");
        assertThat(state()).isEqualTo("RESIZE resize_prep compute01");
        assertThat(books())
                .isEqualTo(
                        "compute01 current t STOPPED: 1 lease, active 2"
                                + " + compute02 incoming t RUNNING: 1 lease, kept 2; shown compute01 compute01; used 1/1; images 1");
        assertThat(migration()).isEqualTo("migration compute01 to compute02: migrating");
        assertThat(cloud.told(second, server)).as("it is not there yet").isEmpty();
        assertThat(told(first).diskWish().copyTo()).as("its guest may write").isEmpty();

        cloud.observed(server, PowerState.STOPPED, NONE);
        assertThat(told(first).diskWish().copyTo()).isPresent();
        assertThat(cloud.told(second, server)).isEmpty();
        String copy = cloud.text("select cast(copy_image_id as text) from server");

        cloud.copied(server);
        assertThat(state()).isEqualTo("RESIZE resize_finish compute02");
        assertThat(told(second).image().id()).hasToString(copy);
        assertThat(told(second).power().level()).isEqualTo(Power.Level.RUNNING);
        assertThat(told(first).power().level()).as("never two of them").isEqualTo(Power.Level.STOPPED);
        assertThat(told(first).presence()).isEqualTo(DesiredServer.Presence.PRESENT);
        assertThat(told(first).diskWish().copyTo()).isEmpty();
        assertThat(told(first).image().id()).hasToString(image.toString());
        assertThat(told(first).leases()).isNotEqualTo(told(second).leases());

        cloud.running(server);
        assertThat(state()).isEqualTo("VERIFY_RESIZE - compute02");
        assertThat(books()).isEqualTo(MOVED);
        assertThat(record("migrate")).isEqualTo("done");
        assertThat(migration()).isEqualTo("migration compute01 to compute02: finished");
        assertThat(cloud.count("from port where status = 'ACTIVE' and server_id is not null"))
                .isEqualTo(2);
    }

    @Test
    void confirmedItsOldHostGivesItUp() {
        moved();
        asked("{'confirmResize': null}");
        assertThat(state()).isEqualTo("ACTIVE - compute02");
        assertThat(migration()).endsWith("confirmed");
        assertThat(told(first).presence()).isEqualTo(DesiredServer.Presence.ABSENT);
        refused("{'migrate': null}", 409, "has not given it up yet");

        cloud.absent(first, server);
        assertThat(books())
                .isEqualTo(
                        "compute02 current t RUNNING: 1 lease, active 2; shown compute02 compute02; used 0/1; images 0");
        asked("{'migrate': {'host': 'compute01'}}");
        assertThat(state()).isEqualTo("RESIZE resize_prep compute02");
    }

    @Test
    void revertedItIsWhereItWasAndStartsThereWhenTheOtherHostHasGivenItUp() {
        String lease = told(first).leases().toString();
        moved();
        asked("{'revertResize': null}");
        assertThat(state()).isEqualTo("REVERT_RESIZE resize_reverting compute01");
        assertThat(told(second).presence()).isEqualTo(DesiredServer.Presence.ABSENT);
        assertThat(told(first).power().level()).as("never two of them").isEqualTo(Power.Level.STOPPED);
        cloud.observed(server, PowerState.STOPPED, NONE);
        assertThat(state()).as("it is off, as it should be").isEqualTo("REVERT_RESIZE resize_reverting compute01");

        cloud.absent(second, server);
        assertThat(told(first).power().level()).isEqualTo(Power.Level.RUNNING);
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute01");
        assertThat(books()).isEqualTo(HOME);
        assertThat(told(first).leases()).as("with its own function").hasToString(lease);
        assertThat(record("revertResize")).isEqualTo("done");
        assertThat(migration()).endsWith("reverted");
        assertThat(cloud.count("from operation")).isZero();
    }

    @Test
    void oneThatIsOffIsOffThereAndHereAgain() {
        asked("{'os-stop': null}");
        cloud.observed(server, PowerState.STOPPED, NONE);
        asked("{'migrate': null}");
        assertThat(told(first).diskWish().copyTo())
                .as("nothing is to end first")
                .isPresent();
        cloud.copied(server);
        assertThat(told(second).power().level()).isEqualTo(Power.Level.STOPPED);
        assertThat(state()).as("it does not stand there yet").isEqualTo("RESIZE resize_finish compute02");
        cloud.observed(server, PowerState.STOPPED, NONE);
        assertThat(state()).isEqualTo("VERIFY_RESIZE - compute02");
        asked("{'revertResize': null}");
        cloud.absent(second, server);
        assertThat(state()).isEqualTo("SHUTOFF - compute01");
        assertThat(record("revertResize")).isEqualTo("done");
        asked("{'os-start': null}");
    }

    @Test
    void aResizeThatItsHostHasNoRoomForIsAMove() {
        cloud.execute("update host set vcpus_used = vcpus_used + 30 where name = 'compute01'");
        asked("{'resize': {'flavorRef': '" + large + "'}}");
        assertThat(migration()).isEqualTo("resize compute01 to compute02: migrating");
        cloud.observed(server, PowerState.STOPPED, NONE);
        cloud.copied(server);
        assertThat(told(second).vcpus() + " " + told(second).diskGib()).isEqualTo("40 20");
        assertThat(told(first).vcpus() + " " + told(first).diskGib())
                .as("there it is what it was")
                .isEqualTo("1 2");
        cloud.failed(server, "DomainRefused", "There is no memory.");
        cloud.absent(second, server);
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute01");
        assertThat(told(first).vcpus()).isEqualTo(1);
        assertThat(record("resize")).isEqualTo("There is no memory.");
        assertThat(migration()).endsWith("error");
        assertThat(books()).isEqualTo(HOME.replace("used 1/0", "used 31/0"));
    }

    @Test
    void withoutACopyItRunsOnWhereItIs() {
        asked("{'migrate': null}");
        cloud.observed(server, PowerState.STOPPED, NONE);
        cloud.notCopied(server, "The host has no room.");
        assertThat(books()).isEqualTo(HOME);
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute01");
        assertThat(record("migrate")).isEqualTo("The host has no room.");
        assertThat(cloud.newestEvent(server)).isEqualTo("compute_prep_resize Error: The host has no room.");
        assertThat(migration()).endsWith("error");
        asked("{'migrate': null}");
    }

    @Test
    void aHostThatFallsSilentMeanwhileIsNotWaitedForForever() {
        asked("{'migrate': null}");
        cloud.observed(server, PowerState.STOPPED, NONE);
        assertThat(cloud.mendOperations()).isZero();
        cloud.execute("update host set last_seen_at = now() - interval '6 minutes' where name = 'compute01'");
        cloud.endStalledCopies();
        assertThat(books()).isEqualTo(HOME);

        cloud.execute("update host set last_seen_at = now()");
        cloud.running(server);
        onItsWay();
        cloud.execute("update host set last_seen_at = now() - interval '6 minutes' where name = 'compute02'");
        assertThat(cloud.mendOperations()).isEqualTo(1);
        assertThat(state()).isEqualTo("REVERT_RESIZE resize_reverting compute01");
        assertThat(told(first).power().level()).as("it may run there").isEqualTo(Power.Level.STOPPED);
        assertThat(cloud.mendOperations()).isZero();

        cloud.execute("update host set forced_down_at = now() where name = 'compute02'");
        assertThat(cloud.mendOperations()).as("somebody knows that it is off").isEqualTo(1);
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute01");
    }

    @Test
    void noStateThatAnOperatorSaysStartsItWhereAnotherMayRun() {
        moved();
        refused("{'os-resetState': {'state': 'active'}}", 409, "vm_state resized");
        assertThat(books()).as("the decision is left open").isEqualTo(MOVED);
        asked("{'revertResize': null}");
        refused("{'os-resetState': {'state': 'active'}}", 409, "task_state resize_reverting");
        cloud.absent(second, server);
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute01");

        onItsWay();
        asked("{'os-resetState': {'state': 'active'}}");
        assertThat(state()).isEqualTo("REVERT_RESIZE resize_reverting compute01");
        assertThat(told(first).power().level()).as("it may run there").isEqualTo(Power.Level.STOPPED);
        assertThat(record("reset_state")).isEqualTo("done");
        cloud.absent(second, server);
        assertThat(told(first).power().level()).isEqualTo(Power.Level.RUNNING);
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute01");
        assertThat(books()).isEqualTo(HOME);
    }

    @Test
    void deletedAnywhereOnItsWayNothingOfItIsLeft() {
        asked("{'migrate': null}");
        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);
        assertThat(told(second).presence()).isEqualTo(DesiredServer.Presence.ABSENT);
        gone();
        boot();
        onItsWay();
        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);
        gone();
        boot();
        moved();
        asked("{'revertResize': null}");
        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);
        gone();
    }

    @Test
    void whereItsHostIsLostOnItsWayTheOtherOneHearsThatItIsToGo() {
        asked("{'migrate': null}");
        String before = cloud.text("select desired_revision from host where name = 'compute02'");

        cloud.lose(first);

        assertThat(told(second).presence()).isEqualTo(DesiredServer.Presence.ABSENT);
        assertThat(cloud.text("select desired_revision > " + before + " from host where name = 'compute02'"))
                .isEqualTo("t");
        assertThat(cloud.text("select h.name from server_revision r join host h on h.id = r.host_id"
                        + " where r.revision = h.desired_revision and r.server_id = '" + server + "'"))
                .isEqualTo("compute02");
        // Another machine, with another card.
        first = cloud.host("compute01", 2);
        cloud.execute("update physical_function set serial = 'B0' where host_id = '" + first.value() + "'");
    }

    private void gone() {
        cloud.absent(first, server);
        cloud.absent(second, server);
        assertThat(cloud.count("from server")).isZero();
        assertThat(cloud.count("from claim")).isZero();
        assertThat(cloud.count("from image where project_id = 'sluice'")).isZero();
        assertThat(cloud.count("from virtual_function where leased_port_id is not null"))
                .isZero();
        assertThat(cloud.count("from host where vcpus_used > 0")).isZero();
    }

    @Test
    void whatCannotBeIsRefusedAndSaysWhy() {
        assertThat(act("member", "2.96", "{'migrate': null}").status()).isEqualTo(403);
        assertThat(act("admin", "2.55", "{'migrate': {'host': 'compute02'}}").status())
                .isEqualTo(400);
        refused("{'migrate': {'host': 'compute09'}}", 400, "Compute host compute09 could not be found");
        refused("{'migrate': {'host': 'compute01'}}", 400, "Cannot migrate to the host where the server exists");
        cloud.execute("update host set enabled = false where name = 'compute02'");
        refused("{'migrate': {'host': 'compute02'}}", 409, "No valid host was found.");
        refused("{'migrate': null}", 409, "No valid host was found.");
        cloud.execute("update host set enabled = true");
        cloud.execute("update host set last_seen_at = now() - interval '2 minutes' where name = 'compute01'");
        refused("{'migrate': null}", 409, "its host has not been heard of");
        cloud.execute("update host set last_seen_at = now()");
        assertThat(books()).as("nothing is half made").isEqualTo(HOME);
        asked("{'pause': null}");
        cloud.observed(server, PowerState.PAUSED, NONE);
        refused("{'migrate': null}", 409, "Cannot 'migrate' instance");
        refused("{'os-migrateLive': {'host': null, 'block_migration': 'auto'}}", 501, "os-migrateLive");
    }

    @Test
    void theImageThatCarriesItIsNobodysToDelete() {
        asked("{'migrate': null}");
        assertThat(
                        cloud.text(
                                "select visibility || ' ' || os_hidden || ' ' || status from image where project_id = 'sluice'"))
                .isEqualTo("private true queued");
    }

    @Test
    void aHostThatIsLostTakesNothingThatIsKeptElsewhere() {
        moved();
        cloud.execute("update host set last_seen_at = now() - interval '1 hour' where name = 'compute02'");
        String books = books();
        refused("{'confirmResize': null}", 409, "where it is, is not heard of, and its disk of before");
        refused("{'confirmResize': null}", 409, "openstack compute service set --down compute02 nova-compute");
        refused("{'revertResize': null}", 409, "openstack compute service set --down compute02 nova-compute");
        cloud.execute("update host set forced_down_at = now() where name = 'compute02'");
        refused("{'confirmResize': null}", 409, "where it is, was declared down, and its disk of before");
        refused("{'confirmResize': null}", 409, "openstack server resize revert " + server);
        assertThat(books()).isEqualTo(books);
        assertThat(state()).isEqualTo("VERIFY_RESIZE - compute02");
        asked("{'revertResize': null}");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute01");
    }
}
