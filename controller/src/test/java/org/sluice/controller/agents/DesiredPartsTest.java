package org.sluice.controller.agents;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.network.network.AffectedHosts;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredHost.Known;
import org.sluice.model.protocol.DesiredHost.Part;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredSegment;
import org.sluice.model.protocol.DesiredServer;

/** An agent that has a host's state is told what changed since, and the whole where nobody knows that. */
final class DesiredPartsTest {
    /** As far as it is known what changed (Hosts). */
    private static final int REMEMBERED = 1_000;

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private final ChangeFeed feed = new ChangeFeed(postgres.database());
    private final TestFleet fleet = new TestFleet(postgres.database());
    private HostId host = HostId.random();
    private NetworkId network = new NetworkId(UUID.randomUUID());
    private ServerId first = ServerId.random();
    private ServerId second = ServerId.random();

    @BeforeEach
    void twoServersOnOneHost() {
        fleet.clear();
        host = fleet.host("node0", 4);
        network = fleet.network(TestFleet.VF_NETWORK, 2401);
        first = boot();
        second = boot();
    }

    @AfterEach
    void stop() {
        postgres.database().jdbi().setSqlLogger(SqlLogger.NOP_SQL_LOGGER);
        feed.close();
    }

    private ServerId boot() {
        return fleet.boot(fleet.port(network, VnicType.DIRECT)).server();
    }

    private DesiredStates states() {
        return new DesiredStates(postgres.database(), feed, fleet.serverPorts);
    }

    /** So many changes that are nobody's. */
    private static void pass(int revisions) {
        change(handle -> handle.execute(
                "update host set desired_revision = desired_revision + ?1, parts_revision = parts_revision + ?1"
                        .replace("?1", String.valueOf(revisions))));
    }

    private static Known known(DesiredHost state) {
        return new Known(state.revision(), state.history());
    }

    private static void change(Consumer<Handle> work) {
        postgres.database().jdbi().useTransaction(work::accept);
    }

    private static List<ServerId> servers(DesiredHost state) {
        return state.servers().stream().map(DesiredServer::id).toList();
    }

    private void assertWhole(DesiredHost told) {
        assertThat(told.part()).isEmpty();
        assertThat(servers(told)).containsExactly(first, second);
    }

    @Test
    void whatChangedIsToldAndNothingElse() {
        DesiredHost before = states().read(host);

        change(handle -> Hosts.changed(handle, host, second));
        DesiredHost told = states().read(host, known(before));

        assertThat(told.revision()).isEqualTo(before.revision() + 1);
        assertThat(told.history()).isEqualTo(before.history()).isPresent();
        assertThat(told.part()).contains(new Part(before.revision(), List.of()));
        assertThat(told.servers())
                .isEqualTo(List.of(states().read(host).find(second).orElseThrow()));
    }

    @Test
    void allChangesSinceAreToldAtOnce() {
        DesiredHost before = states().read(host);

        change(handle -> Hosts.changed(handle, host, second));
        change(handle -> Hosts.changed(handle, host, first));
        change(handle -> Hosts.changed(handle, host, second));

        assertThat(servers(states().read(host, known(before)))).containsExactly(first, second);
        assertThat(states().read(host, new Known(before.revision() + 2, before.history()))
                        .servers())
                .extracting(DesiredServer::id)
                .containsExactly(second);
    }

    @Test
    void aServerThatLeftIsGone() {
        fleet.delete(first);
        DesiredHost before = states().read(host);

        fleet.report(host, fleet.absent(host, first));
        DesiredHost told = states().read(host, known(before));

        assertThat(told.part()).contains(new Part(before.revision(), List.of(first)));
        assertThat(told.servers()).isEmpty();
    }

    @Test
    void aQuestionIsToldWithoutServers() {
        DesiredHost before = states().read(host);

        change(handle -> {
            new HostQueries().askConsole(handle, host, UUID.randomUUID(), first, 5);
            Hosts.changedBesideServers(handle, List.of(host));
        });
        DesiredHost told = states().read(host, known(before));

        assertThat(told.part()).contains(new Part(before.revision(), List.of()));
        assertThat(told.servers()).isEmpty();
        assertThat(told.queries()).hasSize(1);
        assertThat(told.physicalFunctions())
                .isEqualTo(before.physicalFunctions())
                .isNotEmpty();
    }

    /** However many servers are on it: none of them is told again. */
    @Test
    void aNetworkThatChangesIsOneSegmentToEachHostThatCarriesIt() {
        boot();
        boot();
        HostId other = fleet.host("node1", 1);
        ServerId there = boot();
        HostId without = fleet.host("node2", 1);
        assertThat(servers(states().read(other))).containsExactly(there);
        DesiredHost before = states().read(without);
        assertThat(before.segments()).contains(List.of());

        Map<HostId, DesiredHost> known = Map.of(host, states().read(host), other, states().read(other));
        change(handle -> handle.execute("update network set mtu = 8000 where id = ?", network.value()));
        change(handle -> new AffectedHosts().ofNetwork(handle, network));

        known.forEach((carrier, state) -> {
            DesiredHost told = states().read(carrier, known(state));
            assertThat(told.part()).contains(new Part(state.revision(), List.of(), List.of(network)));
            assertThat(told.servers()).isEmpty();
            assertThat(told.segmentsByNetwork().get(network))
                    .extracting(DesiredSegment::mtu)
                    .isEqualTo(8000);
        });
        assertThat(states().read(without).revision()).isEqualTo(before.revision());
        assertThat(fleet.count("select count(*) from object_revision")).isEqualTo(2);
    }

    @Test
    void aServerIsToldWithItsSegmentsWhichHaveNotChanged() {
        DesiredHost before = states().read(host);

        change(handle -> Hosts.changed(handle, host, second));
        DesiredHost told = states().read(host, known(before));

        assertThat(told.part().orElseThrow().segments()).isEmpty();
        assertThat(told.segments()).isEqualTo(before.segments());
        DesiredInterface nic = told.servers().getFirst().interfaces().getFirst();
        assertThat(nic.vlan()).as("which the segment tells").isZero();
        assertThat(told.inOne().servers().getFirst().interfaces().getFirst().vlan())
                .isEqualTo(2401);
    }

    /** It knows of servers alone, and would take the change of a segment for none. */
    @Test
    void aControllerOfTheVersionBeforeTellsAllAfterASegmentHasChanged() {
        String history = "select cast(desired_history as text) from host where id = ?";
        Optional<String> before = fleet.text(history, host.value());
        change(handle -> Hosts.changed(handle, host, second));
        assertThat(fleet.text(history, host.value())).isEqualTo(before);

        change(handle -> new AffectedHosts().ofNetwork(handle, network));

        assertThat(fleet.text(history, host.value())).isNotEqualTo(before);
        assertThat(fleet.count(
                        "select count(*) from host where id = ? and noted_revision = desired_revision", host.value()))
                .as("the history that begins then is one that it goes on with")
                .isEqualTo(1);
    }

    @Test
    void networksThatChangeTogetherAreToldToTheHostsThatCarryThem() {
        NetworkId other = fleet.network(TestFleet.VF_NETWORK, 2402);
        fleet.boot(fleet.port(other, VnicType.DIRECT));
        HostId beside = fleet.host("node1", 4);
        fleet.boot(fleet.port(other, VnicType.DIRECT));
        fleet.boot(fleet.port(other, VnicType.DIRECT));
        Known here = known(states().read(host));

        change(handle -> new AffectedHosts().ofNetworks(handle, List.of(network, other)));

        assertThat(states().read(host, here).part().orElseThrow().segments()).containsExactlyInAnyOrder(network, other);
        assertThat(fleet.count("select count(*) from object_revision where host_id = ?", beside.value()))
                .as("networks that changed on the host that has servers on one of them")
                .isEqualTo(1);
    }

    /** Its host would be told of the subnet before it changes, and named by nobody. */
    @ParameterizedTest
    @EnumSource(VnicType.class)
    void aNetworkThatChangesWaitsForAServerOnItsWayToIt(VnicType kind) {
        NetworkId wanted =
                fleet.network(kind == VnicType.DIRECT ? TestFleet.VF_NETWORK : TestFleet.UPLINK_NETWORK, 2403);
        PortId port = fleet.port(wanted, kind);
        try (Handle boot = postgres.database().jdbi().open()) {
            boot.begin();
            assertThat(fleet.boot(boot, Optional.empty(), port).isPlaced()).isTrue();
            Optional<UUID> free = postgres.database()
                    .jdbi()
                    .withHandle(
                            handle -> handle.createQuery("select id from network where id = :id for update skip locked")
                                    .bind("id", wanted.value())
                                    .mapTo(UUID.class)
                                    .findOne());
            assertThat(free).as("the network, to somebody who would change it").isEmpty();
            boot.rollback();
        }
    }

    @Test
    void segmentsAreForgottenAsSoonAsNobodyIsToldOfThem() {
        change(handle -> new AffectedHosts().ofNetwork(handle, network));
        pass(REMEMBERED);
        fleet.delete(first);
        assertThat(fleet.count("select count(*) from object_revision")).isEqualTo(1);

        fleet.report(host, fleet.absent(host, first));

        assertThat(fleet.count("select count(*) from object_revision")).isZero();
    }

    /** What its agent looks after is only what it is told of. */
    @Test
    void aCardThatGoesOrComesBackIsToldAnew() {
        Known before = known(states().read(host));
        InventoryStore inventories = new InventoryStore();

        change(handle -> inventories.put(handle, host, TestFleet.inventory("node0", List.of())));
        DesiredHost without = states().read(host, before);
        change(handle -> inventories.put(handle, host, TestFleet.inventory("node0", 4)));
        DesiredHost again = states().read(host, known(without));

        assertThat(without.revision()).isGreaterThan(before.revision());
        assertThat(without.physicalFunctions()).isEmpty();
        assertThat(again.revision()).isGreaterThan(without.revision());
        assertThat(again.physicalFunctions()).hasSize(1);
        change(handle -> inventories.put(handle, host, TestFleet.inventory("node0", 4)));
        assertThat(states().read(host).revision()).as("nothing has changed").isEqualTo(again.revision());
    }

    @Test
    void whoSaysNotOfWhichHistoryIsToldAll() {
        DesiredHost before = states().read(host);
        change(handle -> Hosts.changed(handle, host, second));

        assertWhole(states().read(host, new Known(before.revision(), Optional.empty())));
    }

    @Test
    void whoHasAnotherHistoryIsToldAllAtOnce() throws InterruptedException {
        DesiredHost now = states().read(host);

        assertWhole(states().await(
                        host, new Known(now.revision(), Optional.of(UUID.randomUUID())), Duration.ofMinutes(1), true)
                .orElseThrow());
        assertThat(states().await(host, known(now), Duration.ZERO, true)).isEmpty();
    }

    @Test
    void whereAllMayHaveChangedAllIsTold() {
        DesiredHost before = states().read(host);

        change(handle -> Hosts.changed(handle, host));
        DesiredHost told = states().read(host, known(before));

        assertWhole(told);
        assertThat(told.revision()).isEqualTo(before.revision() + 1);
        change(handle -> Hosts.changed(handle, host, second));
        assertThat(servers(states().read(host, known(told)))).containsExactly(second);
    }

    /** A controller of the version before, beside this one or after it. */
    @Test
    void whereNobodySaidWhatChangedAllIsToldUntilSomebodySaysSo() {
        DesiredHost before = states().read(host);

        change(handle -> handle.execute("update host set desired_revision = desired_revision + 1"));
        DesiredHost unsaid = states().read(host, known(before));
        assertWhole(unsaid);
        assertThat(unsaid.history()).isEmpty();

        change(handle -> Hosts.changed(handle, host, second));
        DesiredHost again = states().read(host, known(before));
        assertWhole(again);
        assertWhole(states().read(host, known(unsaid)));
        change(handle -> Hosts.changed(handle, host, first));
        assertThat(servers(states().read(host, known(again)))).containsExactly(first);
    }

    @Test
    void booksThatAreOlderThanWhatTheHostKnowsBeginAnotherHistory() throws InterruptedException {
        DesiredHost here = states().read(host);

        DesiredHost told = states().await(host, new Known(here.revision() + 40, here.history()), Duration.ZERO, true)
                .orElseThrow();

        assertWhole(told);
        assertThat(told.history()).isPresent().isNotEqualTo(here.history());
        change(handle -> Hosts.changed(handle, host, second));
        assertThat(servers(states().read(host, known(told)))).containsExactly(second);
        assertWhole(states().read(host, new Known(here.revision() + 40, here.history())));
    }

    @Test
    void whoIsTooFarBehindIsToldAll() {
        DesiredHost before = states().read(host);
        change(handle -> Hosts.changed(handle, host, second));
        pass(REMEMBERED - 1);

        assertThat(servers(states().read(host, known(before)))).containsExactly(second);
        change(handle -> Hosts.changed(handle, host, second));
        assertWhole(states().read(host, known(before)));
    }

    @Test
    void serversThatLeftAreForgottenAsSoonAsNobodyIsToldOfThem() {
        fleet.delete(first);
        fleet.report(host, fleet.absent(host, first));
        pass(REMEMBERED);
        fleet.delete(second);
        assertThat(fleet.count("select count(*) from server_revision")).isEqualTo(2);

        fleet.report(host, fleet.absent(host, second));

        assertThat(fleet.text("select cast(server_id as text) from server_revision"))
                .contains(second.toString());
    }

    /** Each server is a row of the answer and of each table that is asked, and so much work for the agent. */
    @ParameterizedTest
    @ValueSource(ints = {1, 500})
    void aChangeCostsTheSameHoweverManyServersTheHostHas(int count) {
        HostId crowded = fleet.host("crowded", 0);
        List<ServerId> standing = place(crowded, count);
        DesiredHost before = states().read(crowded);
        assertThat(before.servers()).hasSize(count);

        List<String> changing =
                statementsOf(() -> change(handle -> Hosts.changed(handle, crowded, standing.getFirst())));
        List<String> asking = statementsOf(() -> {
            DesiredHost told = states().read(crowded, known(before));
            assertThat(servers(told)).containsExactly(standing.getFirst());
            assertThat(told.part().orElseThrow().gone()).isEmpty();
        });

        assertThat(changing).hasSize(1);
        assertThat(asking).hasSize(9);
        assertThat(fleet.count("select count(*) from server_revision where host_id = ?", crowded.value()))
                .isEqualTo(1);
    }

    /** Without the scheduler, which has no host for so many. */
    private static List<ServerId> place(HostId on, int count) {
        List<ServerId> placed = new ArrayList<>();
        change(handle -> {
            for (int number = 0; number < count; number++) {
                ServerId server = ServerId.random();
                handle.execute("""
                        insert into server (id, project_id, user_id, name, hostname, status, image_id, flavor_id, flavor_name,
                            vcpus, memory_mib, disk_gib, image_facts, reservation_id)
                        values (?, ?, 'user', 'vm', 'vm', 'ACTIVE', ?, '1', 'm1.standard', 1, 1024, 1, '{}', 'r-1')""", server.value(), TestFleet.PROJECT, UUID.randomUUID());
                handle.execute("""
                        insert into claim (server_id, host_id, role, generation, vcpus, memory_mib, disk_gib)
                        values (?, ?, 'current', 1, 1, 1024, 1)""", server.value(), on.value());
                placed.add(server);
            }
            Hosts.changed(handle, on);
        });
        return placed;
    }

    private static List<String> statementsOf(Runnable work) {
        List<String> statements = new ArrayList<>();
        postgres.database().jdbi().setSqlLogger(new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                statements.add(String.valueOf(context.getRenderedSql()));
            }
        });
        try {
            work.run();
        } finally {
            postgres.database().jdbi().setSqlLogger(SqlLogger.NOP_SQL_LOGGER);
        }
        return statements;
    }
}
