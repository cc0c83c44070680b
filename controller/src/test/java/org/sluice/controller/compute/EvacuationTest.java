package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
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
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.ServerReport.InterfaceGone;
import tools.jackson.databind.JsonNode;

/** A server whose host is down is built anew on another one, and the host gives up what is no longer its own. */
final class EvacuationTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private static ComputeCloud cloud;
    private static String flavor;
    private static UUID image;
    private static UUID network;
    private static UUID bridged;
    private static HostId dead;
    private static HostId other;

    private String server = "";

    @BeforeAll
    static void start() {
        cloud = new ComputeCloud(postgres.database());
        dead = cloud.host("compute01", 2);
        other = cloud.host("compute02", 2);
        network = cloud.network("net", "sriovnet0", 2401, "10.0.0");
        bridged = cloud.network("bridged", "physnet0", 100, "10.1.0");
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
        cloud.execute("delete from port");
        cloud.execute("update host set vcpus_used = 0, memory_mib_used = 0, disk_gib_used = 0, last_seen_at = now(),"
                + " forced_down_at = null, enabled = (name = 'compute01')");
        cloud.execute("update image set status = 'active'");
        server = cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "vm",
                                flavor,
                                image,
                                "'networks': [{'port': '" + cloud.port(network, "direct", "10.0.0.9") + "'}]"))
                .json()
                .at("/server/id")
                .asString();
        cloud.running(server);
        cloud.execute("update host set enabled = true");
    }

    private static void declareDown() {
        Answer answer = cloud.admin().put("/v2.1/os-services/" + dead, "{'forced_down': true}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private Answer evacuate(String version, String body) {
        return cloud.as("admin", version).post("/v2.1/servers/" + server + "/action", "{'evacuate': " + body + "}");
    }

    private void evacuated() {
        Answer answer = evacuate("2.94", "{}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private void refused(int status, String sentence) {
        Answer answer = evacuate("2.94", "{}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.text()).contains(sentence);
        assertThat(claims()).isEqualTo("compute01 current 1 t");
    }

    private String state() {
        JsonNode shown = cloud.admin().get("/v2.1/servers/" + server).json().required("server");
        return shown.required("status").asString() + " "
                + shown.required("OS-EXT-STS:task_state").asString("-") + " "
                + shown.path("OS-EXT-SRV-ATTR:host").asString("-") + " "
                + shown.path("host_status").asString();
    }

    private String claims() {
        return cloud.text("""
                select string_agg(concat_ws(' ', h.name, c.role, c.generation, c.present), ', ' order by c.generation)
                from claim c join host h on h.id = c.host_id""");
    }

    private String leases() {
        return cloud.text("""
                select coalesce(string_agg(h.name, ' ' order by h.name), 'none') from virtual_function vf
                join host h on h.id = vf.leased_host_id where vf.leased_server_id is not null""");
    }

    @Test
    void itIsBuiltElsewhereWithItsPortsAndANewLease() {
        assertThat(state()).isEqualTo("ACTIVE - compute01 UP");
        declareDown();
        assertThat(state()).isEqualTo("ACTIVE - compute01 DOWN");

        evacuated();

        assertThat(state()).isEqualTo("REBUILD rebuilding compute02 UP");
        assertThat(claims()).isEqualTo("compute01 outgoing 1 t, compute02 current 2 t");
        assertThat(leases()).as("the dead host may still run it").isEqualTo("compute01 compute02");
        assertThat(cloud.text("select binding_host from port")).isEqualTo("compute02");
        assertThat(cloud.text("select host(address) from ip_allocation")).isEqualTo("10.0.0.9");
        assertThat(cloud.text("select string_agg(vcpus_used::text, ' ') from host"))
                .isEqualTo("1 1");

        cloud.running(server);

        assertThat(state()).isEqualTo("ACTIVE - compute02 UP");
        assertThat(claims()).isEqualTo("compute01 outgoing 1 f, compute02 current 2 t");
        assertThat(cloud.admin()
                        .get("/v2.1/servers/" + server + "/os-instance-actions")
                        .json()
                        .at("/instanceActions/0/action")
                        .asString())
                .isEqualTo("evacuate");
    }

    @Test
    void theHostThatComesBackGivesUpWhatIsNotItsOwnAnyMore() {
        declareDown();
        evacuated();
        cloud.running(server);

        cloud.absent(dead, server);

        assertThat(claims()).isEqualTo("compute02 current 2 t");
        assertThat(leases()).isEqualTo("compute02");
        assertThat(state()).isEqualTo("ACTIVE - compute02 UP");
        assertThat(cloud.text("select vcpus_used::text from host where name = 'compute01'"))
                .isEqualTo("0");
        assertThat(cloud.text("select binding_host from port")).isEqualTo("compute02");
    }

    @Test
    void aNicThatIsTakenFromItIsFreeWhenTheOldHostHasGivenItsFunctionUp() {
        declareDown();
        evacuated();
        cloud.running(server);
        String port = cloud.text("select cast(id as text) from port");
        assertThat(cloud.admin()
                        .delete("/v2.1/servers/" + server + "/os-interface/" + port)
                        .status())
                .isEqualTo(202);

        gone();
        assertThat(leases()).as("the dead host may still run it").isEqualTo("compute01");
        assertThat(cloud.count("from port where server_id is not null")).isEqualTo(1);
        cloud.admin().post("/v2.1/servers/" + server + "/action", "{'os-stop': null}");
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        assertThat(state()).as("it is not held up by that").isEqualTo("SHUTOFF - compute02 UP");

        cloud.absent(dead, server);
        assertThat(leases()).isEqualTo("none");
        assertThat(cloud.count("from port where server_id is not null")).isZero();
    }

    /** Its agent says so at each look. */
    private void gone() {
        DesiredInterface nic = cloud.desired(other, server).getFirst();
        cloud.said(
                other,
                server,
                PowerState.RUNNING,
                List.of(),
                List.of(new InterfaceGone(nic.port(), nic.wish().change(), nic.leases())),
                List.of());
    }

    @Test
    void aDeletionOutlivesEitherHost() {
        HostId third = cloud.host("compute03", 2);
        declareDown();
        cloud.execute("update host set enabled = false where name = 'compute02'");
        evacuated();
        cloud.running(server);
        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);

        cloud.lose(third);
        assertThat(cloud.text("select task_state from server")).isEqualTo("deleting");
        assertThat(claims()).isEqualTo("compute01 outgoing 1 f");
        cloud.absent(dead, server);
        assertThat(cloud.count("from server")).isZero();
    }

    @Test
    void noReportOfTheTimeBeforeIsTakenForOneOfNow() {
        declareDown();
        evacuated();
        assertThat(cloud.text("select power_generation > 0 from claim where role = 'current'"))
                .isEqualTo("t");
        cloud.observedAt(0, server, PowerState.RUNNING);
        assertThat(state()).isEqualTo("REBUILD rebuilding compute02 UP");
    }

    /** Asks for a server with a NIC on a bridge, on the host that dies. */
    private String bootOnBridge() {
        return cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "vm",
                                flavor,
                                image,
                                "'availability_zone': 'nova:compute01', 'networks': [{'uuid': '" + bridged + "'}]"))
                .json()
                .at("/server/id")
                .asString();
    }

    /** It has no lease whose generation would tell the two claims of one host apart. */
    @Test
    void aWordAboutItsFirstTimeOnAHostEndsNoSecondOne() {
        cloud.admin().delete("/v2.1/servers/" + server);
        cloud.absent(dead, server);
        server = bootOnBridge();
        cloud.running(server);
        declareDown();
        evacuated();
        cloud.running(server);
        cloud.absent(dead, server, 1);
        assertThat(claims()).isEqualTo("compute02 current 2 t");
        cloud.execute(
                "update host set forced_down_at = case name when 'compute02' then now() end, last_seen_at = now()");
        evacuated();
        assertThat(claims()).isEqualTo("compute02 outgoing 2 t, compute01 current 3 t");
        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);

        // As an agent says it again that was away.
        cloud.absent(dead, server, 1);
        assertThat(claims()).isEqualTo("compute02 outgoing 2 f, compute01 current 3 f");

        cloud.absent(dead, server, 3);
        cloud.absent(other, server, 2);
        assertThat(cloud.count("from server")).isZero();
    }

    @Test
    void aHostThatIsSilentIsDownWithoutBeingDeclaredSo() {
        cloud.execute("update host set last_seen_at = now() - interval '61 seconds' where name = 'compute01'");
        evacuated();
        assertThat(claims()).isEqualTo("compute01 outgoing 1 t, compute02 current 2 t");
    }

    @Test
    void oneThatWasOffIsOffThere() {
        Answer stop = cloud.admin().post("/v2.1/servers/" + server + "/action", "{'os-stop': null}");
        assertThat(stop.status()).isEqualTo(202);
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        declareDown();
        evacuated();
        assertThat(cloud.text("select power from claim where role = 'current'")).isEqualTo("STOPPED");
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        assertThat(state()).isEqualTo("SHUTOFF - compute02 UP");
    }

    @Test
    void fromMicroversion295OnItIsOffThereAndWhatItWasWhereItWas() {
        declareDown();
        assertThat(evacuate("2.95", "{}").status()).isEqualTo(200);
        assertThat(cloud.text("select power from claim where role = 'current'")).isEqualTo("STOPPED");
        cloud.failed(server, "VfAttributeRefused", "The card refuses it.");
        cloud.absent(other, server);
        assertThat(told(dead)).isEqualTo("PRESENT RUNNING");

        assertThat(evacuate("2.95", "{}").status()).isEqualTo(200);
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        assertThat(state()).isEqualTo("SHUTOFF - compute02 UP");
        Answer start = cloud.admin().post("/v2.1/servers/" + server + "/action", "{'os-start': null}");
        assertThat(start.status()).as(start.text()).isEqualTo(202);
    }

    /** What the host is told of the server: whether it is to be there, and what its guest is to be. */
    private String told(HostId host) {
        return cloud.told(host, server)
                .map(told -> told.presence() + " " + told.power().level())
                .orElse("nothing");
    }

    @Test
    void theHostThatComesBackEndsItsGuestAndKeepsTheDiskUntilTheServerStandsElsewhere() {
        declareDown();
        evacuated();
        assertThat(told(dead)).isEqualTo("PRESENT STOPPED");
        assertThat(told(other)).isEqualTo("PRESENT RUNNING");

        cloud.execute("update host set forced_down_at = null");
        cloud.said(dead, server, PowerState.STOPPED, List.of(), List.of(), List.of());
        assertThat(state())
                .as("what it is there is no word about it here")
                .isEqualTo("REBUILD rebuilding compute02 UP");

        cloud.running(server);
        assertThat(told(dead)).isEqualTo("ABSENT STOPPED");
    }

    @Test
    void oneThatCannotBeBuiltThereIsWhereItWasWithItsDisk() {
        declareDown();
        evacuated();

        cloud.failed(server, "VfAttributeRefused", "The card refuses it.");
        assertThat(state()).as("its guest may run there still").isEqualTo("REBUILD rebuilding compute01 DOWN");
        assertThat(claims()).isEqualTo("compute01 current 1 t, compute02 outgoing 2 f");
        assertThat(told(dead)).isEqualTo("PRESENT STOPPED");
        assertThat(told(other)).isEqualTo("ABSENT RUNNING");

        cloud.absent(other, server);
        assertThat(state()).isEqualTo("ERROR - compute01 DOWN");
        assertThat(fault()).isEqualTo("The card refuses it.");
        assertThat(claims()).isEqualTo("compute01 current 1 t");
        assertThat(leases()).isEqualTo("compute01");
        assertThat(told(dead)).isEqualTo("PRESENT RUNNING");
        assertThat(cloud.text("select binding_host from port")).isEqualTo("compute01");
        assertThat(cloud.count("from operation")).isZero();

        cloud.execute("update host set forced_down_at = null");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute01 UP");
    }

    @Test
    void oneThatIsNotAsItShouldBeThereGoesBackAsWell() {
        declareDown();
        evacuated();
        cloud.observed(
                server,
                PowerState.STOPPED,
                Optional.of(new Failure("DomainStartFailed", "It does not start.", Optional.empty())));
        cloud.absent(other, server);
        assertThat(state()).isEqualTo("ERROR - compute01 DOWN");
        assertThat(fault()).isEqualTo("It does not start.");
    }

    @Test
    void oneThatWasOffIsOffWhereItWas() {
        cloud.admin().post("/v2.1/servers/" + server + "/action", "{'os-stop': null}");
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        declareDown();
        evacuated();
        cloud.failed(server, "VfAttributeRefused", "The card refuses it.");
        cloud.absent(other, server);
        assertThat(state()).isEqualTo("ERROR - compute01 DOWN");
        assertThat(told(dead)).isEqualTo("PRESENT STOPPED");
        cloud.observed(server, PowerState.STOPPED, Optional.empty());
        assertThat(state()).isEqualTo("SHUTOFF - compute01 DOWN");
    }

    /** Its old host would build it from its image, and start it. */
    @Test
    void oneThatWasNeverBuiltLeavesNothingThatIsToBeKept() {
        String building = bootOnBridge();
        declareDown();
        assertThat(cloud.tellOfSilentBuilds()).isEqualTo(1);
        server = building;
        evacuated();
        assertThat(told(dead)).isEqualTo("ABSENT STOPPED");
        cloud.failed(server, "VfAttributeRefused", "The card refuses it.");
        cloud.absent(other, server);
        assertThat(state()).isEqualTo("ERROR - - ");
        assertThat(fault()).isEqualTo("The card refuses it.");
    }

    @Test
    void oneWhoseOldHostWasRemovedMeanwhileHasNothingToGoBackTo() {
        declareDown();
        evacuated();
        cloud.lose(dead);
        cloud.failed(server, "VfAttributeRefused", "The card refuses it.");
        cloud.absent(other, server);
        dead = cloud.host("compute01", 2);
        assertThat(state()).isEqualTo("ERROR - - ");
        assertThat(cloud.count("from claim")).isZero();
        assertThat(cloud.count("from operation")).isZero();
    }

    @Test
    void oneWhoseNewHostDiesTooIsWhereItWas() {
        declareDown();
        evacuated();
        cloud.execute("update host set forced_down_at = now() where name = 'compute02'");
        assertThat(cloud.mendOperations()).isEqualTo(1);
        assertThat(state()).isEqualTo("ERROR - compute01 DOWN");
        assertThat(fault()).contains("did not say in time");
        assertThat(claims()).isEqualTo("compute01 current 1 t, compute02 outgoing 2 f");
        assertThat(told(other)).isEqualTo("ABSENT RUNNING");
    }

    @Test
    void theHostThatItGoesToIsNotRemovedWhileItsDiskIsElsewhere() {
        HostId third = cloud.host("compute03", 2);
        cloud.execute("update host set enabled = false where name = 'compute02'");
        declareDown();
        evacuated();
        cloud.execute("update host set forced_down_at = now() where name = 'compute03'");
        assertThatThrownBy(() -> cloud.lose(third)).hasMessageContaining("is being evacuated to host compute03");
        assertThat(cloud.mendOperations()).isEqualTo(1);
        cloud.lose(third);
        assertThat(claims()).isEqualTo("compute01 current 1 t");
    }

    private String fault() {
        return cloud.admin()
                .get("/v2.1/servers/" + server)
                .json()
                .at("/server/fault/message")
                .asString();
    }

    @Test
    void whatWaitsForTheDeadHostIsInNobodysWay() {
        assertThat(cloud.admin()
                        .post("/v2.1/servers/" + server + "/action", "{'reboot': {'type': 'HARD'}}")
                        .status())
                .isEqualTo(202);
        declareDown();
        evacuated();
        assertThat(state()).isEqualTo("REBUILD rebuilding compute02 UP");
        assertThat(cloud.text("select failure from server_action where action = 'reboot'"))
                .contains("Its host was down before that was done");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute02 UP");
    }

    @Test
    void aResizeThatWaitsForTheDeadHostIsTakenBackFirst() {
        String larger = cloud.flavor("m1.large", 2, 1024, 2);
        assertThat(cloud.admin()
                        .post("/v2.1/servers/" + server + "/action", "{'resize': {'flavorRef': '" + larger + "'}}")
                        .status())
                .isEqualTo(202);
        declareDown();
        evacuated();
        assertThat(cloud.text("select failure from server_action where action = 'resize'"))
                .contains("Its host was down before that was done");
        cloud.running(server);
        assertThat(state()).isEqualTo("ACTIVE - compute02 UP");
        assertThat(cloud.text("select flavor_name || ' ' || vcpus from server")).isEqualTo("m1.small 1");
        assertThat(cloud.text("select string_agg(vcpus_used::text, ' ') from host"))
                .isEqualTo("1 1");
    }

    @Test
    void aDeletionWaitsForBothHosts() {
        declareDown();
        evacuated();
        cloud.running(server);
        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);
        cloud.absent(other, server);
        assertThat(cloud.count("from server")).isEqualTo(1);
        cloud.absent(dead, server);
        assertThat(cloud.count("from server")).isZero();
        assertThat(leases()).isEqualTo("none");
    }

    @Test
    void whatCannotBeLeavesTheServerAsItWas() {
        refused(400, "Compute service of compute01 is still in use.");
        declareDown();
        cloud.execute("update host set enabled = false where name = 'compute02'");
        refused(409, "No valid host was found.");
        cloud.execute("update host set enabled = true");
        cloud.execute("update image set status = 'deactivated'");
        refused(400, "is not active");
        cloud.execute("update image set status = 'active'");
        cloud.execute("update server set status = 'BUILD'");
        refused(409, "Cannot 'evacuate' instance " + server + " while it is in vm_state building.");
        cloud.execute("update server set status = 'ACTIVE', task_state = 'deleting'");
        refused(409, "while it is in task_state deleting");
        cloud.execute("update server set task_state = null");
        assertThat(cloud.as("member", "2.96")
                        .post("/v2.1/servers/" + server + "/action", "{'evacuate': {}}")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void twiceIsRefusedWhileTheFirstHostHasNotGivenItUp() {
        declareDown();
        evacuated();
        cloud.running(server);
        cloud.execute("update host set forced_down_at = now()");
        Answer answer = evacuate("2.94", "{}");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text()).contains("has not given it up yet", "sluice fleet remove --lost");
        assertThat(claims()).isEqualTo("compute01 outgoing 1 f, compute02 current 2 t");
    }

    @Test
    void fieldsAreThoseOfTheVersion() {
        declareDown();
        assertThat(evacuate("2.96", "{'onSharedStorage': false}").text()).contains("onSharedStorage");
        assertThat(evacuate("2.13", "{'onSharedStorage': true}").text()).contains("onSharedStorage");
        assertThat(evacuate("2.28", "{'force': false}").text()).contains("force");
        assertThat(evacuate("2.96", "{'adminPass': 'x'}").text()).contains("adminPass");
        assertThat(evacuate("2.96", "{'host': 'compute09'}").status()).isEqualTo(404);
        assertThat(evacuate("2.96", "{'host': 'compute01'}").status()).isEqualTo(400);
        assertThat(claims()).isEqualTo("compute01 current 1 t");
        Answer to = evacuate("2.13", "{'onSharedStorage': false, 'host': 'compute02'}");
        assertThat(to.status()).as(to.text()).isEqualTo(200);
        assertThat(claims()).isEqualTo("compute01 outgoing 1 t, compute02 current 2 t");
    }
}
