package org.sluice.controller.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.MacAddress;
import org.sluice.model.PortId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.Inventory;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.VirtualFunction;
import org.sluice.model.protocol.VirtualFunctionLease;

/** The cycle of a server between controller and agent, without HTTP: inventory, desired state, reports. */
class ReportsTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private TestFleet fleet = new TestFleet(postgres.database());

    @BeforeEach
    void emptyBooks() {
        fleet = new TestFleet(postgres.database());
        fleet.clear();
    }

    @Test
    void aServerThatRunsIsActiveAndSoAreItsPorts() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();

        fleet.report(host, fleet.running(host, server));
        Optional<String> launched = launched(server);
        fleet.report(host, fleet.running(host, server));

        assertThat(status(server)).contains("ACTIVE");
        assertThat(launched).isPresent();
        assertThat(launched(server)).isEqualTo(launched);
        assertThat(fleet.count("select count(*) from port where server_id = ? and status = 'ACTIVE'", server.value()))
                .isEqualTo(2);
    }

    @Test
    void whatDriftsIsKeptByNicAndChangesNoState() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();
        ServerReport.Observed right = fleet.running(host, server);
        PortId port = right.interfaces().getFirst().port();
        Instant at = Instant.parse("2026-01-01T00:00:00Z");
        fleet.report(host, right);

        fleet.report(host, drifting(right, port, at, true));
        fleet.report(host, drifting(right, port, at, true));
        assertThat(drift()).contains("VfReadBackDiffers true 1");
        assertThat(status(server)).contains("ACTIVE");
        fleet.report(host, drifting(right, port, at, false));
        assertThat(drift()).contains("VfReadBackDiffers false 1");
        fleet.report(host, drifting(right, port, at.plusSeconds(60), true));
        assertThat(drift()).contains("VfReadBackDiffers true 2");
        fleet.report(host, right);
        assertThat(drift()).as("nobody says so any more").contains("VfReadBackDiffers false 2");
    }

    private Optional<String> drift() {
        return fleet.text("select concat_ws(' ', code, lasts::text, times) from interface_drift");
    }

    private static ServerReport.Observed drifting(
            ServerReport.Observed report, PortId port, Instant at, boolean lasts) {
        ServerReport.Failure what =
                new ServerReport.Failure("VfReadBackDiffers", "Its VLAN is 99 instead of 2401.", Optional.empty());
        return new ServerReport.Observed(
                report.server(),
                report.generation(),
                report.power(),
                report.interfaces(),
                report.failure(),
                List.of(),
                List.of(),
                List.of(new ServerReport.InterfaceDrift(port, what, at, lasts)),
                report.claim());
    }

    @Test
    void aReportThatDoesNotFitTheLeasesDoesNotCount() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();
        ServerReport.Observed right = fleet.running(host, server);
        ServerReport.InterfaceState bridge = right.interfaces().get(0);
        ServerReport.InterfaceState direct = right.interfaces().get(1);
        ServerReport.VirtualFunctionState state = direct.virtualFunction().orElseThrow();
        VirtualFunctionLease old = new VirtualFunctionLease(
                state.lease().physicalFunction(), state.lease().index(), 0);

        fleet.report(host, TestFleet.running(server, List.of(bridge)));
        fleet.report(host, with(server, bridge, direct, state(old, state.mac(), state.vlan())));
        fleet.report(host, with(server, bridge, direct, state(state.lease(), MacAddress.ZERO, state.vlan())));
        fleet.report(host, with(server, bridge, direct, state(state.lease(), state.mac(), 2402)));
        assertThat(status(server)).contains("BUILD");

        fleet.report(host, right);
        assertThat(status(server)).contains("ACTIVE");
    }

    @Test
    void aReportThatDoesNotCountIsAskedForAgainAndIsTheServersFaultInTheEnd() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();
        ServerReport.Observed right = fleet.running(host, server);
        ServerReport.Observed partial =
                TestFleet.running(server, List.of(right.interfaces().get(0)));

        assertThat(fleet.take(host, partial).orElseThrow())
                .returns(Problem.Kind.CONFLICT, Problem::kind)
                .returns("ReportDoesNotCount", Problem::code);
        assertThat(fleet.take(host, partial)).isPresent();
        assertThat(status(server)).contains("BUILD");

        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute("update claim set doubt_at = now() - interval '6 minutes'"));
        assertThat(fleet.take(host, partial)).isEmpty();

        assertThat(status(server)).contains("ERROR");
        assertThat(fleet.text("select fault_code from server")).contains("ReportDoesNotCount");
        assertThat(fleet.text("select fault_message from server"))
                .hasValueSatisfying(fault -> assertThat(fault).contains("port", "is missing"));
        assertThat(desired(host).getFirst().presence()).isEqualTo(DesiredServer.Presence.ABSENT);
    }

    @Test
    void aReportThatCountsAfterAllEndsTheDoubt() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();
        ServerReport.Observed right = fleet.running(host, server);
        fleet.report(host, TestFleet.running(server, List.of()));

        assertThat(fleet.take(host, right)).isEmpty();

        assertThat(status(server)).contains("ACTIVE");
        assertThat(fleet.count("select count(*) from claim where doubt_at is not null"))
                .isZero();
        assertThat(fleet.take(host, TestFleet.running(server, List.of())))
                .as("one that runs is not taken down for a report")
                .isEmpty();
        assertThat(status(server)).contains("ACTIVE");
    }

    @Test
    void aFailedServerIsWantedAbsentAndKeepsItsClaimUntilItIs() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();
        ServerReport.Failed failed = new ServerReport.Failed(
                server,
                new ServerReport.Failure("VfAttributeRefused", "The card refuses trust.", Optional.of("Drop it.")));

        fleet.report(host, failed);
        fleet.report(host, failed);

        assertThat(status(server)).contains("ERROR");
        assertThat(fleet.text("select fault_message from server")).contains("The card refuses trust.");
        assertThat(fleet.count("select vcpus_used from host")).isEqualTo(1);
        assertThat(fleet.count("select desired_revision from host")).isEqualTo(2);
        assertThat(desired(host).getFirst().presence()).isEqualTo(DesiredServer.Presence.ABSENT);
        assertThat(fleet.count("select count(*) from port where server_id is not null and status = 'ERROR'"))
                .isEqualTo(2);

        fleet.report(host, fleet.absent(host, server));

        assertThat(status(server)).contains("ERROR");
        assertThat(desired(host)).isEmpty();
        assertThat(fleet.leases(host)).isEmpty();
        assertThat(fleet.count("select vcpus_used + memory_mib_used + disk_gib_used from host"))
                .isZero();
        assertThat(fleet.count("select count(*) from port where server_id is not null"))
                .isZero();
        fleet.delete(server);
        assertThat(status(server)).isEmpty();
    }

    @Test
    void whatIsSaidOfAnotherClaimThanTheOneThereIsIsVoid() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();
        assertThat(desired(host).getFirst().claim()).contains(1L);
        ServerReport failed = new ServerReport.Failed(
                server, new ServerReport.Failure("VfAttributeRefused", "The card refuses trust.", Optional.empty()));

        fleet.report(host, failed.about(Optional.of(7L)));
        fleet.report(host, fleet.running(host, server).about(Optional.of(7L)));
        assertThat(status(server)).contains("BUILD");

        fleet.report(host, fleet.running(host, server).about(Optional.of(1L)));
        assertThat(status(server)).contains("ACTIVE");
        fleet.delete(server);
        fleet.report(host, fleet.absent(host, server).about(Optional.of(7L)));
        assertThat(fleet.text("select task_state from server")).contains("deleting");

        fleet.report(host, fleet.absent(host, server).about(Optional.of(1L)));
        assertThat(status(server)).isEmpty();
    }

    @Test
    void aServerOnItsWayOutStaysSoWhateverComesLate() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();
        ServerReport.Observed running = fleet.running(host, server);
        fleet.delete(server);

        fleet.report(host, running);
        fleet.report(
                host, new ServerReport.Failed(server, new ServerReport.Failure("X", "Too late.", Optional.empty())));

        assertThat(status(server)).contains("BUILD");
        assertThat(fleet.text("select task_state from server")).contains("deleting");
    }

    @Test
    void aServerThatIsOffHasItsClaimAndItsPortsAreDown() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();
        fleet.report(host, fleet.running(host, server));

        fleet.ask(server, ServerAction.STOP);

        assertThat(desired(host)).singleElement().satisfies(wanted -> {
            assertThat(wanted.presence()).isEqualTo(DesiredServer.Presence.PRESENT);
            assertThat(wanted.power()).isEqualTo(new Power(Power.Level.STOPPED, 1, 0, Power.Ending.GRACEFUL));
            assertThat(wanted.interfaces()).hasSize(2);
        });
        fleet.report(host, fleet.running(host, server));
        assertThat(fleet.text("select task_state from server"))
                .as("what was said before it was asked for")
                .contains("powering-off");

        fleet.report(host, off(server, 1, PowerState.STOPPED));

        assertThat(status(server)).contains("SHUTOFF");
        assertThat(fleet.count("select count(*) from port where server_id is not null and status = 'DOWN'"))
                .isEqualTo(2);
        assertThat(fleet.count("select vcpus_used from host")).isEqualTo(1);
        assertThat(fleet.leases(host)).hasSize(1);

        fleet.ask(server, ServerAction.START);
        ServerReport.Observed runs = fleet.running(host, server);
        fleet.report(host, new ServerReport.Observed(server, 2, runs.power(), runs.interfaces(), Optional.empty()));
        assertThat(status(server)).contains("ACTIVE");
        assertThat(fleet.count("select count(*) from port where status = 'ACTIVE'"))
                .isEqualTo(2);
    }

    @Test
    void whatIsUnderWayEndsInAFaultWhenItsReportsNeverFit() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();
        fleet.report(host, fleet.running(host, server));
        fleet.ask(server, ServerAction.HARD_REBOOT);
        ServerReport.Observed without =
                new ServerReport.Observed(server, 1, PowerState.RUNNING, List.of(), Optional.empty());

        assertThat(fleet.take(host, without).orElseThrow().code()).isEqualTo("ReportDoesNotCount");
        assertThat(fleet.text("select task_state from server")).contains("rebooting_hard");
        postgres.database()
                .jdbi()
                .useHandle(handle -> handle.execute("update claim set doubt_at = now() - interval '6 minutes'"));
        assertThat(fleet.take(host, without)).isEmpty();

        assertThat(status(server)).contains("ERROR");
        assertThat(fleet.text("select coalesce(task_state, 'none') from server"))
                .contains("none");
        assertThat(desired(host).getFirst().presence())
                .as("what runs is not taken down for a report")
                .isEqualTo(DesiredServer.Presence.PRESENT);
    }

    @Test
    void aGuestThatEndedItselfIsToldToStayOff() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();
        fleet.report(host, fleet.running(host, server));
        long revision = fleet.count("select desired_revision from host");

        fleet.report(host, off(server, 0, PowerState.CRASHED));

        assertThat(status(server)).contains("SHUTOFF");
        assertThat(fleet.text("select power_state from server")).contains("CRASHED");
        assertThat(desired(host).getFirst().power().level()).isEqualTo(Power.Level.STOPPED);
        assertThat(fleet.count("select desired_revision from host")).isEqualTo(revision + 1);
    }

    @Test
    void aNicThatIsNotAsItShouldBeDoesNotHideThatTheGuestStandsStill() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();
        fleet.report(host, fleet.running(host, server));

        fleet.report(host, new ServerReport.Observed(server, 0, PowerState.PAUSED, List.of(), Optional.empty()));

        assertThat(status(server)).contains("PAUSED");
        fleet.ask(server, ServerAction.UNPAUSE);
        fleet.report(
                host,
                new ServerReport.Observed(
                        server,
                        2,
                        PowerState.RUNNING,
                        fleet.running(host, server).interfaces().subList(0, 1),
                        Optional.empty()));
        assertThat(status(server)).contains("ACTIVE");
        assertThat(fleet.text("select coalesce(task_state, 'none') from server"))
                .contains("none");
    }

    @Test
    void portsAreDownAlsoWhereAStartFailed() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();
        fleet.report(host, fleet.running(host, server));
        fleet.ask(server, ServerAction.HARD_REBOOT);

        fleet.report(
                host,
                new ServerReport.Observed(
                        server,
                        1,
                        PowerState.STOPPED,
                        List.of(),
                        Optional.of(new ServerReport.Failure("DomainRefused", "It was refused.", Optional.empty()))));

        assertThat(status(server)).contains("ERROR");
        assertThat(fleet.count("select count(*) from port where server_id is not null and status = 'DOWN'"))
                .isEqualTo(2);
    }

    private static ServerReport.Observed off(ServerId server, long generation, PowerState power) {
        return new ServerReport.Observed(server, generation, power, List.of(), Optional.empty());
    }

    @Test
    void theDesiredStateSaysEverythingTheAgentNeeds() {
        HostId host = fleet.host("node0", 1);
        ServerId server = bootBoth();

        DesiredServer wanted = desired(host).getFirst();

        assertThat(wanted.id()).isEqualTo(server);
        assertThat(wanted.instanceName()).matches("instance-[0-9a-f]{8}");
        assertThat(wanted.keys()).containsEntry("dev001", "ssh-ed25519 AAAA");
        assertThat(wanted.interfaces().get(0)).isInstanceOfSatisfying(DesiredInterface.Bridge.class, bridge -> {
            assertThat(bridge.uplink()).isEqualTo("phys0");
            assertThat(bridge.vlan()).isEqualTo(2001);
            assertThat(bridge.services()).isPresent();
        });
        assertThat(wanted.interfaces().get(1)).isInstanceOfSatisfying(DesiredInterface.Direct.class, direct -> {
            assertThat(direct.lease()).isEqualTo(new VirtualFunctionLease(TestFleet.key("node0"), 0, 1));
            assertThat(direct.attributes().spoofCheck()).isTrue();
            assertThat(direct.vlan()).isEqualTo(2401);
        });
    }

    @Test
    void aPortWithoutAnUplinkIsTheTroubleOfItsServerAlone() {
        HostId host = fleet.host("node0", 1);
        ServerId bridged = fleet.boot(fleet.port(fleet.network(TestFleet.UPLINK_NETWORK, 2001), VnicType.NORMAL))
                .server();
        ServerId other = fleet.boot(fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT))
                .server();
        postgres.database().jdbi().useHandle(handle -> handle.execute("delete from bridge_uplink"));

        assertThat(desired(host)).extracting(DesiredServer::id).containsExactly(bridged, other);
        assertThat(desired(host).getFirst().interfaces())
                .singleElement()
                .isInstanceOfSatisfying(
                        DesiredInterface.Bridge.class,
                        nic -> assertThat(nic.uplink()).isEqualTo(DesiredInterface.Bridge.NO_UPLINK));

        fleet.delete(bridged);
        fleet.report(host, fleet.absent(host, bridged));
        assertThat(fleet.count("select count(*) from server where id = ?", bridged.value()))
                .isZero();
    }

    @Test
    void aLeasedFunctionThatVanishesStaysLeasedAndOutOfReach() {
        HostId host = fleet.host("node0", 2);
        ServerId server = bootBoth();
        VirtualFunctionLease lease = fleet.leases(host).values().iterator().next();

        put(host, TestFleet.inventory("node0", 0));
        assertThat(fleet.leases(host).values()).containsExactly(lease);
        assertThat(fleet.count("select count(*) from virtual_function where present"))
                .isZero();
        PortId other = fleet.port(fleet.network(TestFleet.VF_NETWORK, 2402), VnicType.DIRECT);
        assertThat(fleet.boot(other).isPlaced()).isFalse();

        put(host, TestFleet.inventory("node0", 2));
        assertThat(fleet.leases(host).values()).containsExactly(lease);
        PortId another = fleet.port(fleet.network(TestFleet.VF_NETWORK, 2403), VnicType.DIRECT);
        assertThat(fleet.boot(another).isPlaced()).isTrue();
        fleet.report(host, fleet.running(host, server));
        assertThat(status(server)).contains("ACTIVE");
    }

    @Test
    void aCardThatMovedToAnotherSlotIsTheSameCard() {
        HostId host = fleet.host("node0", 1);
        bootBoth();
        PhysicalFunction card = TestFleet.card("node0", 0);
        Inventory moved = new Inventory(
                "node0",
                64,
                262_144,
                1_000,
                "QEMU",
                10_000_002,
                "x86_64",
                List.of("phys0"),
                List.of(new PhysicalFunction(
                        card.key(),
                        "ens9f0",
                        "0000:09:00.0",
                        "8086",
                        "10c9",
                        "10ca",
                        "igb",
                        1,
                        64,
                        card.mac(),
                        true,
                        List.of(new VirtualFunction(0, "0000:09:10.0", 77, "")),
                        Optional.empty())),
                Optional.of(List.of()),
                List.of());

        put(host, moved);

        assertThat(fleet.count("select count(*) from physical_function")).isEqualTo(1);
        assertThat(fleet.text("select physical_network from physical_function")).contains(TestFleet.VF_NETWORK);
        assertThat(fleet.text("select address from virtual_function where leased_port_id is not null"))
                .contains("0000:09:10.0");
    }

    @Test
    void twoCardsOfOneIdentityAreRefused() {
        HostId host = fleet.host("node0", 1);
        PhysicalFunction card = TestFleet.card("node0", 1);
        Inventory twins = new Inventory(
                "node0",
                64,
                1,
                1,
                "QEMU",
                1,
                "x86_64",
                List.of(),
                List.of(card, card),
                Optional.of(List.of()),
                List.of());

        assertThatThrownBy(() -> put(host, twins))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("serial serial-node0 and port 0");
    }

    private ServerId bootBoth() {
        PortId bridged = fleet.port(fleet.network(TestFleet.UPLINK_NETWORK, 2001), VnicType.NORMAL);
        PortId direct = fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT);
        return fleet.boot(bridged, direct).server();
    }

    private void put(HostId host, Inventory inventory) {
        postgres.database().jdbi().useTransaction(handle -> new InventoryStore().put(handle, host, inventory));
    }

    private List<DesiredServer> desired(HostId host) {
        try (ChangeFeed feed = new ChangeFeed(postgres.database())) {
            return new DesiredStates(postgres.database(), feed, fleet.serverPorts)
                    .read(host)
                    .inOne()
                    .servers();
        }
    }

    private Optional<String> status(ServerId server) {
        return fleet.text("select status from server where id = ?", server.value());
    }

    private Optional<String> launched(ServerId server) {
        return fleet.text("select cast(launched_at as text) from server where id = ?", server.value());
    }

    private static ServerReport.VirtualFunctionState state(VirtualFunctionLease lease, MacAddress mac, int vlan) {
        return new ServerReport.VirtualFunctionState(lease, mac, vlan, 0, Optional.of(true), Optional.empty(), 0, 0);
    }

    private static ServerReport.Observed with(
            ServerId server,
            ServerReport.InterfaceState bridge,
            ServerReport.InterfaceState direct,
            ServerReport.VirtualFunctionState state) {
        return TestFleet.running(
                server,
                List.of(bridge, new ServerReport.InterfaceState(direct.port(), direct.device(), Optional.of(state))));
    }
}
