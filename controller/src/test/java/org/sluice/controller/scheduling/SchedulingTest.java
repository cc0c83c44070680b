package org.sluice.controller.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.VirtualFunctionLease;

class SchedulingTest {
    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private TestFleet fleet = new TestFleet(postgres.database());

    @BeforeEach
    void emptyBooks() {
        fleet = new TestFleet(postgres.database());
        fleet.clear();
    }

    @Test
    void twoControllersFillAFleetExactlyAndLeaseNoFunctionTwice() throws Exception {
        for (int host = 0; host < 4; host++) {
            fleet.host("node" + host, 25);
        }
        NetworkId network = fleet.network(TestFleet.VF_NETWORK, 2401);
        List<PortId> ports = new ArrayList<>();
        for (int boot = 0; boot < 200; boot++) {
            ports.add(fleet.port(network, VnicType.DIRECT));
        }
        List<TestFleet.Boot> boots = new ArrayList<>();
        try (Database second = postgres.another();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<TestFleet> controllers = List.of(fleet, new TestFleet(second));
            List<Future<TestFleet.Boot>> running = new ArrayList<>();
            for (int boot = 0; boot < 200; boot++) {
                TestFleet controller = controllers.get(boot % 2);
                PortId port = ports.get(boot);
                running.add(clients.submit(() -> controller.boot(port)));
            }
            for (Future<TestFleet.Boot> boot : running) {
                boots.add(boot.get());
            }
        }

        assertThat(boots.stream().filter(TestFleet.Boot::isPlaced)).hasSize(100);
        assertThat(boots.stream().filter(boot -> !boot.isPlaced()))
                .hasSize(100)
                .allSatisfy(boot -> assertThat(boot.refusal())
                        .startsWith("No valid host was found. ")
                        .contains("25 of 25 virtual functions on sriovnet0 are leased"));
        assertThat(fleet.count("select count(*) from virtual_function where leased_server_id is not null"))
                .isEqualTo(100);
        assertThat(fleet.count("select count(distinct leased_server_id) from virtual_function"))
                .isEqualTo(100);
        assertThat(fleet.count("select count(*) from virtual_function where generation = 1"))
                .isEqualTo(100);
        assertThat(fleet.count("select sum(vcpus_used) from host")).isEqualTo(100);
        assertThat(fleet.count("select count(*) from host where vcpus_used = 25 and memory_mib_used = 25600"))
                .isEqualTo(4);
        assertThat(fleet.count("select count(*) from port_binding where vif_type = 'hw_veb'"))
                .isEqualTo(100);
    }

    @Test
    void aLostRaceGoesToTheNextHostAtOnce() {
        HostId small = fleet.host("small", 1);
        NetworkId network = fleet.network(TestFleet.VF_NETWORK, 2401);
        TestFleet other = new TestFleet(postgres.database());
        fleet.boot(Optional.of(":nobody"), fleet.port(network, VnicType.DIRECT));
        // The first controller's index now says that "small" has a VF; the second takes it.
        assertThat(other.boot(fleet.port(network, VnicType.DIRECT)).placed().host())
                .isEqualTo(small);
        HostId next = fleet.host("zz-next", 1);
        assertThat(fleet.racesLost()).isZero();

        TestFleet.Boot boot = fleet.boot(fleet.port(network, VnicType.DIRECT));

        assertThat(boot.placed().host()).isEqualTo(next);
        assertThat(fleet.racesLost()).isEqualTo(1);
        assertThat(fleet.count("select vcpus_used from host where name = 'small'"))
                .isEqualTo(1);
    }

    @Test
    void aBootBesideTheRemovalOfAnUplinkDoesNotLandWithoutOne() throws Exception {
        HostId host = fleet.host("node0", 0);
        PortId bridged = fleet.port(fleet.network(TestFleet.UPLINK_NETWORK, 2001), VnicType.NORMAL);

        TestFleet.Boot boot = bootBeside(host, bridged, "delete from bridge_uplink");

        assertThat(boot.refusal()).contains("BridgeUplinkFilter: The host has no uplink to physnet0");
        assertThat(fleet.count("select vcpus_used from host")).isZero();
        assertThat(fleet.count("select count(*) from port_binding")).isZero();
    }

    @Test
    void aBootBesideAMoveToAnotherZoneIsInThatZone() throws Exception {
        HostId host = fleet.host("node0", 0);
        PortId bridged = fleet.port(fleet.network(TestFleet.UPLINK_NETWORK, 2001), VnicType.NORMAL);

        TestFleet.Boot boot = bootBeside(
                host,
                bridged,
                "with z2 as (insert into aggregate (name, availability_zone) values ('z2', 'z2') returning id)"
                        + " insert into aggregate_host select z2.id, host.id from z2, host");

        assertThat(boot.placed().zone()).isEqualTo("z2");
        assertThat(fleet.text(
                        "select availability_zone from server where id = ?",
                        boot.server().value()))
                .contains("z2");
    }

    /** A boot that has chosen the host, and waits for its row while somebody changes what it was chosen for. */
    private TestFleet.Boot bootBeside(HostId host, PortId port, String change) throws Exception {
        postgres.database().jdbi().useHandle(fleet.index::hosts);
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
                Handle operator = postgres.database().jdbi().open()) {
            operator.begin();
            operator.execute("select true from host where id = ? for update", host.value());
            operator.execute(change);
            Future<TestFleet.Boot> boot = clients.submit(() -> fleet.boot(port));
            postgres.awaitSomebodyWhoWaitsForALock();
            operator.commit();
            return boot.get();
        }
    }

    @Test
    void aPlacedServerIsBoundAndItsHostIsTold() {
        HostId host = fleet.host("node0", 2);
        PortId bridged = fleet.port(fleet.network(TestFleet.UPLINK_NETWORK, 2001), VnicType.NORMAL);
        PortId direct = fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT);

        TestFleet.Boot boot = fleet.boot(bridged, direct);

        assertThat(boot.placed()).isEqualTo(new Placement.Placed(host, "node0", "nova"));
        assertThat(fleet.count("select desired_revision from host where id = ?", host.value()))
                .isEqualTo(1);
        assertThat(fleet.text("select vif_type from port_binding where port_id = ? and active", bridged.value()))
                .contains("bridge");
        assertThat(fleet.text("select facts ->> 'pci_slot' from port_binding where port_id = ?", direct.value()))
                .contains("0000:01:10.0");
        assertThat(fleet.text("select facts ->> 'pci_vendor_info' from port_binding where port_id = ?", direct.value()))
                .contains("8086:10ca");
        assertThat(fleet.count("select count(*) from port where device_owner = 'network:dhcp' and serves"))
                .isEqualTo(1);
        assertThat(fleet.text(
                        "select availability_zone from server where id = ?",
                        boot.server().value()))
                .contains("nova");
        assertThat(fleet.count(
                        "select count(*) from scheduling_decision where server_id = ? and host_id = ?",
                        boot.server().value(),
                        host.value()))
                .isEqualTo(1);
    }

    @Test
    void aRefusalNamesTheReasonsAndClaimsNothing() {
        fleet.host("node0", 0);
        PortId direct = fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT);

        TestFleet.Boot boot = fleet.boot(Optional.of("rack7"), direct);

        assertThat(boot.refusal())
                .isEqualTo("No valid host was found. AvailabilityZoneFilter: The host is in zone nova, rack7 was asked"
                        + " for (1 host). PciPassthroughFilter: The physical functions on sriovnet0 have no virtual"
                        + " functions (1 host).");
        assertThat(fleet.count("select sum(vcpus_used + memory_mib_used + disk_gib_used + desired_revision) from host"))
                .isZero();
        assertThat(fleet.text(
                        "select hosts from scheduling_decision where server_id = ?",
                        boot.server().value()))
                .hasValueSatisfying(json -> assertThat(json).contains("\"accepted\": false", "PciPassthroughFilter"));
    }

    @Test
    void anEmptyFleetIsSaidToBeEmpty() {
        TestFleet.Boot boot = fleet.boot(fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT));

        assertThat(boot.refusal()).isEqualTo("No valid host was found. No host has enrolled yet.");
    }

    @Test
    void aPartOfAClaimIsNoClaim() {
        fleet.host("node0", 1);
        NetworkId network = fleet.network(TestFleet.VF_NETWORK, 2401);
        TestFleet stale = new TestFleet(postgres.database());
        PortId first = fleet.port(network, VnicType.DIRECT);
        PortId second = fleet.port(network, VnicType.DIRECT);
        fleet.host("node1", 2);
        postgres.database().jdbi().useHandle(handle -> stale.index.hosts(handle));
        fleet.boot(Optional.of(":node1"), fleet.port(network, VnicType.DIRECT));

        // node1 looks as if it had two free VFs and has one: the one must not stay leased.
        TestFleet.Boot boot = stale.boot(first, second);

        assertThat(boot.isPlaced()).isFalse();
        assertThat(fleet.count(
                        "select count(*) from virtual_function where leased_server_id = ?",
                        boot.server().value()))
                .isZero();
        assertThat(fleet.count("select sum(vcpus_used) from host")).isEqualTo(1);
    }

    @Test
    void aFailedTransactionLeavesNothingAndTheIndexForgetsIt() {
        fleet.host("node0", 1);
        NetworkId network = fleet.network(TestFleet.VF_NETWORK, 2401);
        PortId port = fleet.port(network, VnicType.DIRECT);

        assertThatThrownBy(() -> postgres.database().jdbi().useTransaction(handle -> {
                    assertThat(fleet.boot(handle, Optional.empty(), port).isPlaced())
                            .isTrue();
                    throw new IllegalStateException("the caller failed afterwards");
                }))
                .hasMessageContaining("afterwards");

        assertThat(fleet.count("select count(*) from virtual_function where leased_server_id is not null"))
                .isZero();
        assertThat(fleet.boot(port).isPlaced()).isTrue();
    }

    @Test
    void severalServersOfOneRequestArePlacedTogether() {
        fleet.host("node0", 1);
        NetworkId network = fleet.network(TestFleet.VF_NETWORK, 2401);
        PortId first = fleet.port(network, VnicType.DIRECT);
        PortId second = fleet.port(network, VnicType.DIRECT);

        List<Placement> placements = postgres.database()
                .jdbi()
                .inTransaction(handle -> fleet.scheduling.placeAll(
                        handle,
                        List.of(
                                fleet.prepare(handle, Optional.empty(), first),
                                fleet.prepare(handle, Optional.empty(), second))));

        assertThat(placements).hasExactlyElementsOfTypes(Placement.Placed.class, Placement.Refused.class);
    }

    @Test
    void aDeletedServerKeepsItsClaimUntilTheHostIsClean() {
        HostId host = fleet.host("node0", 1);
        PortId direct = fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT);
        PortId bridged = fleet.port(fleet.network(TestFleet.UPLINK_NETWORK, 2001), VnicType.NORMAL);
        ServerId server = fleet.boot(direct, bridged).server();
        fleet.report(host, fleet.running(host, server));
        ServerReport.Absent absent = fleet.absent(host, server);

        // Before anyone asked for it, an agent's word that it is gone ends nothing.
        fleet.report(host, absent);
        assertThat(status(server)).contains("ACTIVE");
        fleet.delete(server);
        assertThat(fleet.text("select task_state from server where id = ?", server.value()))
                .contains("deleting");
        assertThat(fleet.count("select vcpus_used from host")).isEqualTo(1);
        fleet.report(host, absent);

        assertThat(status(server)).isEmpty();
        assertThat(fleet.count("select vcpus_used + memory_mib_used + disk_gib_used from host"))
                .isZero();
        assertThat(fleet.leases(host)).isEmpty();
        assertThat(fleet.text("select status from port where id = ? and device_id = ''", direct.value()))
                .contains("DOWN");
        assertThat(fleet.count("select count(*) from port where serves"))
                .as("it stays with its network")
                .isEqualTo(1);
        assertThat(fleet.count("select count(*) from scheduling_decision")).isZero();
        fleet.report(host, absent);
    }

    @Test
    void aReleaseWithAnOldGenerationIsVoid() {
        HostId host = fleet.host("node0", 1);
        NetworkId network = fleet.network(TestFleet.VF_NETWORK, 2401);
        ServerId first = fleet.boot(fleet.port(network, VnicType.DIRECT)).server();
        ServerReport.Absent release = fleet.absent(host, first);
        fleet.delete(first);
        fleet.report(host, release);
        TestFleet.Boot next = fleet.boot(fleet.port(network, VnicType.DIRECT));
        VirtualFunctionLease old = release.released().getFirst();
        assertThat(fleet.leases(host).values())
                .containsExactly(new VirtualFunctionLease(old.physicalFunction(), old.index(), 2));

        fleet.report(host, release);
        fleet.delete(next.server());
        fleet.report(host, new ServerReport.Absent(next.server(), List.of(old)));

        assertThat(fleet.leases(host)).hasSize(1);
        assertThat(fleet.text("select task_state from server")).contains("deleting");
        assertThat(fleet.count("select vcpus_used from host")).isEqualTo(1);
        fleet.report(host, fleet.absent(host, next.server()));
        assertThat(status(next.server())).isEmpty();
    }

    @Test
    void aReportFromAnotherHostIsVoid() {
        HostId host = fleet.host("node0", 1);
        HostId stranger = fleet.host("node1", 0);
        ServerId server = fleet.boot(fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT))
                .server();
        fleet.delete(server);

        fleet.report(stranger, fleet.absent(host, server));

        assertThat(fleet.text("select task_state from server where id = ?", server.value()))
                .contains("deleting");
        assertThat(fleet.leases(host)).hasSize(1);
    }

    @Test
    void aServerWithoutAHostIsGoneAtOnce() {
        PortId port = fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT);
        ServerId server = fleet.boot(port).server();

        fleet.delete(server);
        fleet.delete(server);

        assertThat(status(server)).isEmpty();
        assertThat(fleet.text("select device_id from port where id = ?", port.value()))
                .contains("");
    }

    @Test
    void aLeaseEndsWithTheCardThatIsGone() {
        HostId host = fleet.host("node0", 2);
        ServerId server = fleet.boot(fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT))
                .server();
        postgres.database()
                .jdbi()
                .useHandle(handle ->
                        handle.execute("update physical_function set present = false where host_id = ?", host.value()));
        fleet.delete(server);

        fleet.report(host, new ServerReport.Absent(server, List.of()));

        assertThat(status(server)).isEmpty();
    }

    private Optional<String> status(ServerId server) {
        return fleet.text("select status from server where id = ?", server.value());
    }

    @Test
    void dhcpOfANetworkTakesOneAddressHoweverManyHostsServeIt() {
        fleet.host("node0", 1);
        NetworkId network = fleet.network(TestFleet.UPLINK_NETWORK, 2001);
        postgres.database().jdbi().useHandle(handle -> handle.execute("update allocation_pool set last = '10.0.0.2'"));
        Set<HostId> hosts = new HashSet<>();
        for (String other : List.of("node1", "node2")) {
            hosts.add(fleet.boot(fleet.port(network, VnicType.NORMAL)).placed().host());
            postgres.database().jdbi().useHandle(handle -> handle.execute("update host set enabled = false"));
            fleet.host(other, 1);
            postgres.database().jdbi().useHandle(fleet.index::reload);
        }
        hosts.add(fleet.boot(fleet.port(network, VnicType.NORMAL)).placed().host());

        assertThat(hosts).hasSize(3);
        assertThat(fleet.count("select count(*) from port where device_owner = 'network:dhcp'"))
                .isEqualTo(1);
        assertThat(fleet.count("select count(*) from ip_allocation")).isEqualTo(1);
    }

    @Test
    void whereDhcpHasNoAddressAtAllTheSentenceSaysSoAndNothingIsLeft() {
        fleet.host("node0", 1);
        NetworkId network = fleet.network(TestFleet.UPLINK_NETWORK, 2001);
        postgres.database().jdbi().useHandle(handle -> handle.execute("delete from allocation_pool"));

        assertThatThrownBy(() -> fleet.boot(fleet.port(network, VnicType.NORMAL)))
                .hasMessage("No more IP addresses available on network " + network
                        + ": its DHCP needs one in each subnet that it serves, and none is left. Delete ports that are not in"
                        + " use, widen the allocation pools, or switch DHCP off for the subnet.");
        assertThat(fleet.count("select sum(vcpus_used + desired_revision) from host"))
                .isZero();
        assertThat(fleet.count("select count(*) from port where serves")).isZero();
    }
}
