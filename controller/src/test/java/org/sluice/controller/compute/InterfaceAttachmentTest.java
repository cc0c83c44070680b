package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.controller.http.ApiClient.Answer;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredInterface.Presence;
import org.sluice.model.protocol.DesiredInterface.Wish;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.ServerReport.Failure;
import org.sluice.model.protocol.ServerReport.InterfaceFailed;
import org.sluice.model.protocol.ServerReport.InterfaceGone;
import org.sluice.model.protocol.VirtualFunctionLease;

/** {@code POST} and {@code DELETE /servers/ID/os-interface}, and what the server's host says of it then. */
class InterfaceAttachmentTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private ComputeCloud cloud;
    private HostId host;
    private UUID direct;
    private UUID bridged;
    private UUID tap;
    private UUID function;
    private String server;

    @BeforeEach
    void aServerWithoutNics() {
        postgres.database().jdbi().useHandle(handle -> handle.execute("""
                truncate virtual_function, physical_function, bridge_uplink, host_query, scheduling_decision, server, port,
                    ip_allocation, allocation_pool, subnet, network, physical_network, aggregate_host, aggregate, host,
                    image, flavor cascade"""));
        cloud = new ComputeCloud(postgres.database());
        host = cloud.host("node0", 2);
        direct = cloud.network("vlan2401", "sriovnet0", 2401, "10.1.0");
        bridged = cloud.network("vlan2001", "physnet0", 2001, "10.2.0");
        function = cloud.port(direct, "direct", "10.1.0.5");
        tap = cloud.port(bridged, "normal", "10.2.0.5");
        server = boot("'networks': 'none'");
        cloud.running(server);
    }

    @AfterEach
    void close() {
        cloud.close();
    }

    private String boot(String networks) {
        Answer answer = cloud.admin()
                .post(
                        "/v2.1/servers",
                        ComputeCloud.boot(
                                "vm00",
                                cloud.flavor("m1." + UUID.randomUUID(), 1, 512, 1),
                                cloud.newImage(),
                                networks));
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return answer.json().at("/server/id").asString();
    }

    private String interfaces() {
        return "/v2.1/servers/" + server + "/os-interface";
    }

    private Answer attach(UUID port) {
        return cloud.admin().post(interfaces(), "{'interfaceAttachment': {'port_id': '" + port + "'}}");
    }

    private Answer attachTo(UUID network, String further) {
        return cloud.admin()
                .post(interfaces(), "{'interfaceAttachment': {'net_id': '" + network + "'" + further + "}}");
    }

    private Answer detach(UUID port) {
        return cloud.admin().delete(interfaces() + "/" + port);
    }

    private String status(UUID port) {
        return cloud.text("select status from port where id = '" + port + "'");
    }

    private long leased() {
        return cloud.count("from virtual_function where leased_port_id is not null");
    }

    private DesiredInterface desired(UUID port) {
        return cloud.desired(host, server).stream()
                .filter(nic -> nic.port().value().equals(port))
                .findFirst()
                .orElseThrow();
    }

    /** What the host says of a server all of whose NICs that should be there are there. */
    private void there() {
        said(List.of(), List.of());
    }

    private void gone(UUID port) {
        DesiredInterface nic = desired(port);
        said(List.of(new InterfaceGone(nic.port(), nic.wish().change(), nic.leases())), List.of());
    }

    private void failed(UUID port, boolean isGone) {
        DesiredInterface nic = desired(port);
        InterfaceFailed failure = new InterfaceFailed(
                nic.port(), nic.wish().change(), new Failure("Why", "It does not fit.", Optional.empty()));
        said(
                isGone ? List.of(new InterfaceGone(nic.port(), nic.wish().change(), nic.leases())) : List.of(),
                List.of(failure));
    }

    private void said(List<InterfaceGone> gone, List<InterfaceFailed> failed) {
        List<ServerReport.InterfaceState> states = cloud.desired(host, server).stream()
                .filter(nic -> !nic.wish().goes())
                .filter(nic -> failed.stream().noneMatch(each -> each.port().equals(nic.port())))
                .map(ComputeCloud::asWanted)
                .toList();
        cloud.said(host, server, PowerState.RUNNING, states, gone, failed);
    }

    /** The newest entry of the server's record: what, whether it is over, and what came of it. */
    private String newestAction() {
        return cloud.text("select action || ' ' || (finished_at is not null) || ' ' || coalesce(failure, '-')"
                + " from server_action order by id desc limit 1");
    }

    @Test
    void aDirectPortGetsAVirtualFunctionOfTheServersHost() {
        Answer answer = attach(function);

        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().at("/interfaceAttachment/port_id").asString()).isEqualTo(function.toString());
        assertThat(answer.json().at("/interfaceAttachment/net_id").asString()).isEqualTo(direct.toString());
        assertThat(answer.json().at("/interfaceAttachment/port_state").asString())
                .isEqualTo("BUILD");
        assertThat(answer.json()
                        .at("/interfaceAttachment/fixed_ips/0/ip_address")
                        .asString())
                .isEqualTo("10.1.0.5");
        assertThat(answer.json().at("/interfaceAttachment").has("tag")).isTrue();
        assertThat(desired(function).wish().presence()).isEqualTo(Presence.PRESENT);
        assertThat(desired(function).wish().change()).isPositive();
        assertThat(desired(function).leases()).hasSize(1);
        assertThat(newestAction()).isEqualTo("attach_interface false -");

        there();
        assertThat(status(function)).isEqualTo("ACTIVE");
        assertThat(desired(function).wish()).isEqualTo(Wish.THERE);
        assertThat(newestAction()).isEqualTo("attach_interface true -");
        assertThat(cloud.admin()
                        .get(interfaces())
                        .json()
                        .at("/interfaceAttachments")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void theFirstPortOfABridgeHasItsNetworkServed() {
        cloud.execute("delete from port where serves");
        assertThat(attach(tap).status()).isEqualTo(200);
        assertThat(cloud.count("from port p join ip_allocation a on a.port_id = p.id where p.serves"))
                .isEqualTo(1);
        there();
        assertThat(status(tap)).isEqualTo("ACTIVE");

        assertThat(detach(tap).status()).isEqualTo(202);
        gone(tap);
        assertThat(status(tap)).isEqualTo("DOWN");
    }

    @Test
    void nicsAreInTheOrderInWhichTheyCame() {
        attach(tap);
        attach(function);
        assertThat(cloud.text("select string_agg(nic_index || '', ',' order by nic_index) from port where server_id is"
                        + " not null"))
                .isEqualTo("0,1");
    }

    @Test
    void aPortIsTheServersUntilItsHostHasSaidThatItIsGone() {
        attach(function);
        there();
        VirtualFunctionLease lease = desired(function).leases().getFirst();

        assertThat(detach(function).status()).isEqualTo(202);
        assertThat(desired(function).wish().goes()).isTrue();
        assertThat(newestAction()).isEqualTo("detach_interface false -");
        there();
        assertThat(leased()).isEqualTo(1);
        assertThat(newestAction()).isEqualTo("detach_interface false -");

        DesiredInterface nic = desired(function);
        VirtualFunctionLease older =
                new VirtualFunctionLease(lease.physicalFunction(), lease.index(), lease.generation() - 1);
        said(List.of(new InterfaceGone(nic.port(), nic.wish().change(), List.of(older))), List.of());
        assertThat(leased()).as("a lease ends under its own generation alone").isEqualTo(1);
        said(List.of(new InterfaceGone(nic.port(), nic.wish().change() - 1, nic.leases())), List.of());
        assertThat(leased()).as("what was said of an earlier change").isEqualTo(1);

        gone(function);
        assertThat(leased()).isZero();
        assertThat(newestAction()).isEqualTo("detach_interface true -");
        assertThat(cloud.text("select device_id || device_owner || binding_host || status from port where id = '"
                        + function + "'"))
                .isEqualTo("DOWN");
        assertThat(cloud.count("from port_binding")).isZero();
        assertThat(cloud.admin()
                        .get(interfaces())
                        .json()
                        .at("/interfaceAttachments")
                        .size())
                .isZero();
        assertThat(detach(function).status()).isEqualTo(404);
    }

    @Test
    void aPortThatComesAgainComesUnderAnotherNumberAndLease() {
        attach(function);
        there();
        DesiredInterface first = desired(function);
        detach(function);
        DesiredInterface going = desired(function);
        gone(function);

        attach(function);
        DesiredInterface second = desired(function);
        assertThat(second.leases()).isNotEqualTo(first.leases());
        assertThat(second.wish().change()).isGreaterThan(going.wish().change());
        // The report of the first one, which was held up on its way.
        said(List.of(new InterfaceGone(going.port(), going.wish().change(), going.leases())), List.of());
        assertThat(desired(function).leases()).isEqualTo(second.leases());
        assertThat(status(function)).isEqualTo("ACTIVE");
    }

    @Test
    void aPortMadeForTheServerGoesWithItsNic() {
        Answer answer = attachTo(bridged, "");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        UUID made =
                UUID.fromString(answer.json().at("/interfaceAttachment/port_id").asString());
        there();
        detach(made);
        gone(made);
        assertThat(cloud.count("from port where id = '" + made + "'")).isZero();
    }

    @Test
    void anAddressMayBeChosen() {
        Answer answer = attachTo(bridged, ", 'fixed_ips': [{'ip_address': '10.2.0.77'}]");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json()
                        .at("/interfaceAttachment/fixed_ips/0/ip_address")
                        .asString())
                .isEqualTo("10.2.0.77");
        assertThat(attachTo(bridged, ", 'fixed_ips': [{'ip_address': '10.2.0.77'}]")
                        .status())
                .isEqualTo(409);
        assertThat(attachTo(bridged, ", 'fixed_ips': [{'ip_address': '10.9.0.7'}]")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void whatCannotBeAttachedIsGivenBackAndTheRecordSaysWhy() {
        attach(function);
        failed(function, true);

        assertThat(leased()).isZero();
        assertThat(status(function)).isEqualTo("DOWN");
        assertThat(newestAction()).isEqualTo("attach_interface true It does not fit.");
        assertThat(cloud.newestEvent(server)).isEqualTo("compute_attach_interface Error: It does not fit.");
        assertThat(cloud.text("select status from server")).isEqualTo("ACTIVE");
        UUID made = UUID.fromString(
                attachTo(bridged, "").json().at("/interfaceAttachment/port_id").asString());
        failed(made, true);
        assertThat(cloud.count("from port where id = '" + made + "'")).isZero();
    }

    @Test
    void whatCannotBeAttachedNorUndoneYetKeepsItsFunctionUntilItIs() {
        attach(function);
        failed(function, false);

        assertThat(leased()).isEqualTo(1);
        assertThat(status(function)).isEqualTo("ERROR");
        assertThat(newestAction()).isEqualTo("attach_interface true It does not fit.");
        assertThat(desired(function).wish().goes()).isTrue();
        gone(function);
        assertThat(leased()).isZero();
        assertThat(newestAction()).isEqualTo("attach_interface true It does not fit.");
    }

    @Test
    void aGuestThatKeepsItsNicIsToldInTheRecordAndTheNicStillGoes() {
        attach(function);
        there();
        detach(function);
        failed(function, false);
        assertThat(newestAction()).isEqualTo("detach_interface true It does not fit.");
        assertThat(cloud.newestEvent(server)).isEqualTo("compute_detach_interface Error: It does not fit.");
        assertThat(leased()).isEqualTo(1);
        Answer again = detach(function);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text()).contains("is being detached already", "server is stopped");
        gone(function);
        assertThat(leased()).isZero();
    }

    @Test
    void theGuestOfAServerThatIsOffGetsItAtItsNextStart() {
        cloud.admin().post("/v2.1/servers/" + server + "/action", "{'os-stop': null}");
        cloud.said(host, server, PowerState.STOPPED, List.of(), List.of(), List.of());

        Answer answer = attach(function);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().at("/interfaceAttachment/port_state").asString())
                .isEqualTo("DOWN");
        assertThat(desired(function).wish()).isEqualTo(Wish.THERE);
        assertThat(newestAction()).isEqualTo("attach_interface true -");

        assertThat(detach(function).status()).isEqualTo(202);
        DesiredInterface nic = desired(function);
        cloud.said(
                host,
                server,
                PowerState.STOPPED,
                List.of(),
                List.of(new InterfaceGone(nic.port(), nic.wish().change(), nic.leases())),
                List.of());
        assertThat(leased()).isZero();
        assertThat(newestAction()).isEqualTo("detach_interface true -");
    }

    @Test
    void aGuestThatEndsWhileItsNicComesHasItAtItsNextStart() {
        attach(function);
        cloud.said(host, server, PowerState.STOPPED, List.of(), List.of(), List.of());
        assertThat(cloud.text("select status from server")).isEqualTo("SHUTOFF");
        assertThat(status(function)).isEqualTo("DOWN");
        assertThat(desired(function).wish()).isEqualTo(Wish.THERE);
        assertThat(newestAction()).isEqualTo("attach_interface true -");
    }

    /** A report that was written before the host knew of the NIC says nothing against the server. */
    @Test
    void aRebootIsDoneAlsoWhileANicIsOnItsWay() {
        attach(function);
        cloud.admin().post("/v2.1/servers/" + server + "/action", "{'reboot': {'type': 'HARD'}}");
        cloud.said(host, server, PowerState.RUNNING, List.of(), List.of(), List.of());

        assertThat(cloud.text("select coalesce(task_state, 'none') from server"))
                .isEqualTo("none");
        assertThat(status(function)).isEqualTo("BUILD");
        assertThat(cloud.count("from server_action where finished_at is null")).isEqualTo(1);
        there();
        assertThat(status(function)).isEqualTo("ACTIVE");
        assertThat(cloud.count("from server_action where finished_at is null")).isZero();
    }

    @Test
    void deletingTheServerWinsOverWhateverComesOrGoes() {
        attach(function);
        attach(tap);
        there();
        detach(function);
        assertThat(cloud.admin().delete("/v2.1/servers/" + server).status()).isEqualTo(204);

        assertThat(attach(cloud.port(bridged, "normal", "10.2.0.9")).status()).isEqualTo(409);
        assertThat(detach(tap).status()).isEqualTo(409);
        gone(function);
        assertThat(leased()).as("with the server, and not before").isEqualTo(1);
        cloud.absent(host, server);
        assertThat(leased()).isZero();
        assertThat(cloud.count("from server")).isZero();
        assertThat(cloud.count("from interface_change")).isZero();
        assertThat(status(tap)).isEqualTo("DOWN");
    }

    @ParameterizedTest
    @CsvSource({"BUILD", "ERROR"})
    void aServerThatDoesNotStandIsLeftAlone(String state) {
        attach(tap);
        there();
        cloud.execute("update server set status = '" + state + "'");
        Answer refused = attach(function);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text())
                .contains("Cannot 'attach_interface' instance " + server + " while it is in vm_state");
        assertThat(detach(tap).text()).contains("Cannot 'detach_interface' instance " + server);
        assertThat(leased()).isZero();
    }

    @Test
    void aServerWithSomethingUnderWayIsLeftAlone() {
        cloud.execute("update server set task_state = 'rebooting'");
        assertThat(attach(function).text()).contains("while it is in task_state rebooting");
    }

    @Test
    void aPausedServerTakesANic() {
        cloud.admin().post("/v2.1/servers/" + server + "/action", "{'pause': null}");
        cloud.said(host, server, PowerState.PAUSED, List.of(), List.of(), List.of());
        assertThat(attach(function).status()).isEqualTo(200);
    }

    @Test
    void aSilentHostIsNotAsked() {
        attach(tap);
        there();
        cloud.execute("update host set last_seen_at = now() - interval '1 hour'");
        assertThat(attach(function).text()).contains("has not been heard of for");
        assertThat(detach(tap).text()).contains("has not been heard of for");
        assertThat(leased()).isZero();
    }

    @Test
    void saysWhatTheHostHasNoneOf() {
        attach(function);
        attach(cloud.port(direct, "direct", "10.1.0.6"));
        UUID third = cloud.port(direct, "direct", "10.1.0.7");
        Answer none = attach(third);
        assertThat(none.status()).isEqualTo(400);
        assertThat(none.text())
                .contains(
                        "Failed to attach port " + third + " to instance " + server,
                        "no virtual function of physical network sriovnet0 left");
        assertThat(cloud.text("select coalesce(device_id, '') || status from port where id = '" + third + "'"))
                .as("nothing is left of it")
                .isEqualTo("DOWN");

        UUID elsewhere = cloud.network("vlan7", "physnet7", 7, "10.7.0");
        assertThat(attachTo(elsewhere, "").text()).contains("no uplink to physical network physnet7");
        assertThat(cloud.count("from port where network_id = '" + elsewhere + "'"))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'interfaceAttachment': {'port_id': 'x'}}",
                "{'interfaceAttachment': {'net_id': 7}}",
                "{'interfaceAttachment': {'fixed_ips': [{'ip_address': '10.1.0.9'}]}}",
                "{'interfaceAttachment': {'unknown': 'x'}}",
                "{'interfaceAttachment': {'tag': 'nic1'}}",
                // Two networks that could be meant.
                "{'interfaceAttachment': {}}"
            })
    void refusesWhatItDoesNotUnderstand(String body) {
        Answer answer = cloud.admin().post(interfaces(), body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(cloud.count("from interface_change")).isZero();
    }

    @Test
    void refusesAPortAndANetworkTogetherAndThingsThatAreNotThere() {
        String both = "{'interfaceAttachment': {'port_id': '" + tap + "', 'net_id': '" + bridged + "'}}";
        assertThat(cloud.admin().post(interfaces(), both).text())
                .contains("Must not input both network_id and port_id");
        assertThat(attach(UUID.randomUUID()).status()).isEqualTo(404);
        assertThat(attachTo(UUID.randomUUID(), "").status()).isEqualTo(404);
        assertThat(detach(UUID.randomUUID()).status()).isEqualTo(404);
        attach(tap);
        Answer again = attach(tap);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text()).contains("is still in use");
    }

    @Test
    void aPortThatAnOperatorHasMadeIsTheServersOwners() {
        String owner = "d".repeat(32);
        cloud.execute("update server set project_id = '" + owner + "'");
        Answer answer = attachTo(bridged, "");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        String made = answer.json().at("/interfaceAttachment/port_id").asString();
        assertThat(cloud.text("select project_id from port where id = '" + made + "'"))
                .isEqualTo(owner);
        assertThat(cloud.text("select g.project_id || ' ' || g.name from security_group g join port_security_group p"
                        + " on p.security_group_id = g.id where p.port_id = '" + made + "'"))
                .isEqualTo(owner + " default");
    }

    @Test
    void anOperatorAttachesAPortOfTheServersProjectAndNoOther() {
        cloud.execute("update server set project_id = '" + "d".repeat(32) + "'");
        assertThat(attach(tap).text()).contains("belongs to another project");
        cloud.execute("update port set project_id = '" + "d".repeat(32) + "' where id = '" + tap + "'");
        assertThat(attach(tap).status()).isEqualTo(200);
    }

    @Test
    void onlyThoseOfItsProjectChangeAServersNics() {
        String body = "{'interfaceAttachment': {'port_id': '" + tap + "'}}";
        assertThat(cloud.as("stranger", "2.92").post(interfaces(), body).status())
                .isEqualTo(404);
        assertThat(cloud.as("reader", "2.92").post(interfaces(), body).status()).isEqualTo(403);
        attach(tap);
        there();
        assertThat(cloud.as("reader", "2.92").delete(interfaces() + "/" + tap).status())
                .isEqualTo(403);
        assertThat(status(tap)).isEqualTo("ACTIVE");
    }

    @Test
    void ofTwoThatAskAtOnceForThePortOrItsEndOneWins() throws Exception {
        List<Integer> attached = atOnce(() -> attach(function).status());
        assertThat(attached).containsExactlyInAnyOrder(200, 409);
        assertThat(leased()).isEqualTo(1);
        there();
        List<Integer> detached = atOnce(() -> detach(function).status());
        assertThat(detached).containsExactlyInAnyOrder(202, 409);
    }

    private static List<Integer> atOnce(java.util.concurrent.Callable<Integer> request) throws Exception {
        try (ExecutorService two = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : two.invokeAll(List.of(request, request))) {
                statuses.add(answer.get());
            }
            return statuses;
        }
    }
}
