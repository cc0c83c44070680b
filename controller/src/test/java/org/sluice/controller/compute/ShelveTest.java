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
import org.sluice.controller.server.DiskCopies;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Failure;
import tools.jackson.databind.JsonNode;

/** Servers that leave their hosts for an image and come back. */
class ShelveTest {
    private static final Optional<Failure> NONE = Optional.empty();

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static HostId first;
    private static HostId second;
    private static String flavor;
    private static UUID bridged;
    private static UUID direct;

    private UUID image = new UUID(0, 0);
    private String server = "";
    private HostId host = HostId.random();

    @BeforeAll
    static void start() {
        cloud = new ComputeCloud(postgres.database());
        first = cloud.host("compute01", 2);
        second = cloud.host("compute02", 2);
        flavor = cloud.flavor("m1.small", 2, 512, 3);
        bridged = cloud.network("net", "physnet0", 100, "10.1.0");
        direct = cloud.network("fast", "sriovnet0", 200, "10.2.0");
    }

    @AfterAll
    static void stop() {
        cloud.close();
    }

    @BeforeEach
    void boot() {
        cloud.execute(
                "update virtual_function set leased_port_id = null, leased_server_id = null, leased_host_id = null");
        cloud.forgetServers();
        cloud.execute("delete from port");
        cloud.execute("delete from image");
        cloud.execute("update host set enabled = true, vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0,"
                + " last_seen_at = now()");
        image = cloud.newImage();
        UUID nic = cloud.port(direct, "direct", "10.2.0.9");
        server = cloud.as("member", "2.96")
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "vm",
                                flavor,
                                image,
                                "'networks': [{'uuid': '" + bridged + "', 'fixed_ip': '10.1.0.7'}, {'port': '" + nic
                                        + "'}]"))
                .json()
                .at("/server/id")
                .asString();
        cloud.running(server);
        host = host();
    }

    private HostId host() {
        return HostId.parse(cloud.text("select cast(host_id as text) from server"));
    }

    private Answer act(String who, String version, String action) {
        return cloud.as(who, version).post("/v2.1/servers/" + server + "/action", action);
    }

    private void asked(String action) {
        Answer answer = act("member", "2.96", action);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    }

    private String state() {
        JsonNode shown = cloud.admin().get("/v2.1/servers/" + server).json().required("server");
        return shown.required("status").asString() + " "
                + shown.required("OS-EXT-STS:vm_state").asString() + " "
                + shown.required("OS-EXT-STS:task_state").asString("-");
    }

    private static String record(String action) {
        return cloud.text("select coalesce(failure, case when finished_at is null then 'under way' else 'done' end)"
                + " from server_action where action = '" + action + "' order by id desc limit 1");
    }

    private void shelved() {
        asked("{'shelve': null}");
        cloud.observed(server, PowerState.STOPPED, NONE);
        cloud.copied(server);
        cloud.absent(host, server);
    }

    @Test
    void itIsStoppedCopiedAndLeavesItsHost() {
        asked("{'shelve': null}");
        assertThat(state()).isEqualTo("ACTIVE active shelving");
        assertThat(cloud.text("select power || ' ' || power_ending from claim")).isEqualTo("STOPPED GRACEFUL");
        assertThat(cloud.text("select name || ' ' || status from image where id = (select copy_image_id from server)"))
                .isEqualTo("vm-shelved saving");
        cloud.observed(server, PowerState.STOPPED, NONE);
        assertThat(state()).isEqualTo("SHUTOFF stopped shelving");

        cloud.copied(server);
        assertThat(state()).isEqualTo("SHELVED shelved shelving_offloading");
        assertThat(cloud.count("from claim where not present")).isEqualTo(1);
        assertThat(act("admin", "2.96", "{'shelveOffload': null}").status())
                .as("it is on its way")
                .isEqualTo(202);
        assertThat(record("shelve")).isEqualTo("under way");

        cloud.absent(host, server);
        assertThat(state()).isEqualTo("SHELVED_OFFLOADED shelved_offloaded -");
        assertThat(record("shelve")).isEqualTo("done");
        assertThat(cloud.count("from claim")).isZero();
        assertThat(cloud.count("from virtual_function where leased_server_id is not null"))
                .isZero();
        assertThat(cloud.count("from host where vcpus_used > 0")).isZero();
        assertThat(cloud.count("from port p join ip_allocation a on a.port_id = p.id where p.server_id is not null"
                        + " and p.status = 'DOWN' and p.binding_host = ''"))
                .as("its ports keep their addresses")
                .isEqualTo(2);
        assertThat(cloud.count("from port where service_host_id is not null")).isZero();
        JsonNode shown = cloud.admin().get("/v2.1/servers/" + server).json().required("server");
        assertThat(shown.required("OS-EXT-SRV-ATTR:host").isNull()).isTrue();
        assertThat(shown.at("/addresses/net/0/addr").asString()).isEqualTo("10.1.0.7");
        assertThat(shown.at("/image/id").asString()).isEqualTo(image.toString());
    }

    @Test
    void itComesBackOnWhicheverHostTakesItFromItsImageWhichGoesThen() {
        shelved();
        String shelf = cloud.text("select cast(shelved_image_id as text) from server");
        cloud.execute("update host set enabled = id <> '" + host + "'");
        asked("{'unshelve': null}");
        assertThat(state()).isEqualTo("SHELVED_OFFLOADED shelved_offloaded spawning");
        HostId other = host.equals(first) ? second : first;
        assertThat(host()).isEqualTo(other);
        assertThat(cloud.count("from virtual_function where leased_server_id is not null"))
                .isEqualTo(1);
        assertThat(cloud.count("from port_binding where host_id = '" + other + "' and active"))
                .isEqualTo(2);

        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active -");
        assertThat(record("unshelve")).isEqualTo("done");
        assertThat(cloud.count("from image where id = '" + shelf + "'")).isZero();
        asked("{'os-stop': null}");
    }

    @Test
    void oneThatCannotBeBuiltAgainIsShelvedAsBefore() {
        shelved();
        asked("{'unshelve': null}");
        HostId tried = host();
        cloud.failed(server, "DomainRefused", "There is no memory.");
        assertThat(state()).isEqualTo("SHELVED_OFFLOADED shelved_offloaded shelving_offloading");
        cloud.absent(tried, server);
        assertThat(state()).isEqualTo("SHELVED_OFFLOADED shelved_offloaded -");
        assertThat(record("unshelve")).isEqualTo("There is no memory.");
        assertThat(cloud.count("from port where server_id is not null")).isEqualTo(2);

        asked("{'unshelve': null}");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active -");
    }

    /** What it is built from is there, whatever became of the image that it was made from at first. */
    @Test
    void oneWhoseHostDiesWhileItIsBuiltAgainIsEvacuatedFromItsImage() {
        shelved();
        HostId third = cloud.host("compute08", 2);
        cloud.execute("update host set enabled = id = '" + third + "'");
        asked("{'unshelve': null}");
        cloud.execute("update host set last_seen_at = now() - interval '6 minutes' where id = '" + third + "'");
        assertThat(cloud.tellOfSilentBuilds()).isEqualTo(1);
        cloud.execute("update host set enabled = true");
        String shelf = cloud.text("select cast(shelved_image_id as text) from server");
        cloud.execute("update image set status = 'deactivated' where id <> '" + shelf + "'");
        try {
            Answer answer = cloud.as("admin", "2.96").post("/v2.1/servers/" + server + "/action", "{'evacuate': {}}");
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            assertThat(cloud.told(host(), server).orElseThrow().image().id().value())
                    .hasToString(shelf);
            assertThat(cloud.told(third, server).orElseThrow().presence()).isEqualTo(DesiredServer.Presence.ABSENT);
            cloud.failed(server, "DomainRefused", "There is no memory.");
            assertThat(state()).isEqualTo("SHELVED_OFFLOADED shelved_offloaded shelving_offloading");
        } finally {
            cloud.execute("update image set status = 'active'");
            cloud.forgetServers();
            cloud.lose(third);
        }
    }

    /** Its host dies while it is on its way back: its disk is in its image still. */
    @Test
    void aHostThatDiesMeanwhileTakesNothingOfIt() {
        shelved();
        HostId third = cloud.host("compute09", 2);
        cloud.execute("update host set enabled = id = '" + third + "'");
        asked("{'unshelve': null}");
        cloud.execute("update host set last_seen_at = now() - interval '6 minutes' where id = '" + third + "'");
        assertThat(cloud.tellOfSilentBuilds()).isEqualTo(1);
        assertThat(state()).isEqualTo("ERROR error -");

        cloud.lose(third);
        assertThat(state()).isEqualTo("SHELVED_OFFLOADED shelved_offloaded -");
        assertThat(cloud.count("from port where server_id is not null")).isEqualTo(2);
        cloud.execute("update host set enabled = true");
        asked("{'unshelve': null}");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE active -");
    }

    @Test
    void whereNoHostTakesItItStaysAndWhoeverAsksIsTold() {
        shelved();
        cloud.execute("update host set enabled = false");
        Answer answer = act("member", "2.96", "{'unshelve': null}");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text()).contains("No valid host was found.");
        assertThat(state()).isEqualTo("SHELVED_OFFLOADED shelved_offloaded -");
        assertThat(cloud.count("from claim")).isZero();
    }

    @Test
    void aZoneMayBeNamed() {
        shelved();
        cloud.zone("east", second);
        try {
            assertThat(act("member", "2.96", "{'unshelve': {'availability_zone': 'west'}}")
                            .text())
                    .contains("The requested availability zone is not available");
            assertThat(act("member", "2.76", "{'unshelve': {'availability_zone': 'east'}}")
                            .status())
                    .isEqualTo(400);
            asked("{'unshelve': {'availability_zone': 'east'}}");
            assertThat(host()).isEqualTo(second);
        } finally {
            cloud.forgetServers();
            cloud.execute("delete from aggregate_host");
            cloud.execute("delete from aggregate");
        }
    }

    @Test
    void withoutAnImageItStaysOnItsHost() {
        asked("{'shelve': null}");
        cloud.observed(server, PowerState.STOPPED, NONE);
        cloud.notCopied(server, "The host has no room.");
        assertThat(state()).isEqualTo("SHUTOFF stopped -");
        assertThat(record("shelve")).isEqualTo("The host has no room.");
        assertThat(cloud.newestEvent(server)).isEqualTo("compute_shelve_instance Error: The host has no room.");
        assertThat(cloud.count("from claim where present")).isEqualTo(1);
        asked("{'os-start': null}");
    }

    @Test
    void anImageThatGoesBeforeTheGuestHasEndedLeavesItOnItsWayOff() {
        asked("{'shelve': null}");
        ImageId shelf = ImageId.parse(cloud.text("select cast(copy_image_id as text) from server"));
        postgres.database().jdbi().useTransaction(handle -> new DiskCopies().imageLeaves(handle, shelf));
        assertThat(state()).isEqualTo("ACTIVE active powering-off");
        assertThat(record("shelve")).isEqualTo("Image " + shelf + " was deleted before it was made.");

        cloud.observed(server, PowerState.STOPPED, NONE);
        assertThat(state()).isEqualTo("SHUTOFF stopped -");
        asked("{'os-start': null}");
    }

    @Test
    void oneThatCannotBeStoppedRunsOnAndItsImageGoes() {
        asked("{'shelve': null}");
        cloud.observed(server, PowerState.RUNNING, Optional.of(new Failure("X", "It does not end.", Optional.empty())));
        assertThat(state()).isEqualTo("ACTIVE active -");
        assertThat(record("shelve")).isEqualTo("It does not end.");
        assertThat(cloud.count("from image where status = 'saving'")).isZero();
        assertThat(cloud.count("from server where copy_image_id is not null")).isZero();
    }

    @Test
    void aShelvedServerThatIsDeletedTakesItsImageAlong() {
        shelved();
        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);
        assertThat(cloud.count("from server")).isZero();
        assertThat(cloud.count("from image")).as("but the one it began with").isEqualTo(1);
        assertThat(cloud.count("from port where server_id is not null")).isZero();
    }

    @Test
    void oneThatIsDeletedOnItsWayIsGone() {
        asked("{'shelve': null}");
        cloud.observed(server, PowerState.STOPPED, NONE);
        cloud.copied(server);
        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);
        cloud.absent(host, server);
        assertThat(cloud.count("from server")).isZero();
        assertThat(cloud.count("from image")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'os-start': null}      | start",
                "{'os-stop': null}       | stop",
                "{'shelve': null}        | shelve",
                "{'shelveOffload': null} | shelveOffload",
                "{'createImage': {'name': 'x'}} | createImage",
                "{'os-resetState': {'state': 'active'}} | reset_state"
            })
    void aShelvedServerComesBackOrGoesAndNothingElse(String action, String name) {
        shelved();
        Answer answer = act("admin", "2.96", action);
        assertThat(answer.status()).as(answer.text()).isEqualTo(409);
        assertThat(answer.text())
                .contains("Cannot '" + name + "' instance " + server
                        + " while it is in vm_state shelved_offloaded. Allowed in this state: unshelve, delete.");
    }

    @Test
    void whatIsNotShelvedCannotComeBack() {
        Answer answer = act("member", "2.96", "{'unshelve': null}");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text()).contains("Cannot 'unshelve' instance " + server + " while it is in vm_state active.");
        assertThat(act("member", "2.96", "{'shelveOffload': null}").status()).isEqualTo(403);
    }
}
