package org.sluice.controller.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.controller.agents.Reports;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.operation.WorkflowHarness.Trouble;
import org.sluice.controller.scheduling.Placement;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerActions.Asker;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.Power;

/** Every step of an evacuation fails in turn, and is taken twice in turn; the hosts do what they are told. */
final class EvacuationStepsTest {
    private static final int STEPS = 2;
    private static final Asker ASKER = new Asker("req-1", "user", TestFleet.PROJECT);

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private final TestFleet fleet = new TestFleet(postgres.database());
    private final Evacuation evacuation = new Evacuation(fleet.scheduling);
    private final Servers servers = new Servers();
    private HostId home = HostId.random();
    private HostId other = HostId.random();
    private ServerId server = ServerId.random();
    private String before = "";

    @BeforeEach
    void boot() {
        fleet.clear();
        home = fleet.host("node1", 2);
        server = fleet.boot(
                        fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT),
                        fleet.port(fleet.network(TestFleet.UPLINK_NETWORK, 2402), VnicType.NORMAL))
                .server();
        fleet.report(home, fleet.running(home, server));
        other = fleet.host("node2", 2);
        before = books();
    }

    /** All that an evacuation may change, but for numbers that grow. */
    private String books() {
        return fleet.text("""
                        select s.status || ' ' || coalesce(s.task_state, '-') || ' on ' || h.name || ', claims '
                            || (select string_agg(concat_ws(' ', o.name, c.role, c.present, c.power), ', ' order by o.name)
                                from claim c join host o on o.id = c.host_id)
                            || ', used ' || (select sum(vcpus_used) from host)
                            || ', leases ' || (select count(*) from virtual_function where leased_port_id is not null)
                            || ', bindings ' || (select string_agg(o.name || ' ' || b.active, ', ' order by o.name, b.port_id)
                                from port_binding b join host o on o.id = b.host_id)
                            || ', shown ' || (select string_agg(distinct binding_host, ' ') from port where server_id is not null)
                            || ', operations ' || (select count(*) from operation)
                        from server s join host h on h.id = s.host_id""").orElseThrow();
    }

    private void use(Consumer<Handle> work) {
        postgres.database().jdbi().useTransaction(work::accept);
    }

    private void begin(Workflow<Evacuation.Left> workflow, Operations operations) {
        use(handle -> {
            Servers.Held held = servers.hold(handle, server).orElseThrow();
            Claim claim = held.claim().orElseThrow();
            servers.begin(handle, held, ServerAction.EVACUATE, ASKER);
            assertThat(fleet.scheduling.reserveElsewhere(handle, held, Optional.empty()))
                    .isInstanceOf(Placement.Placed.class);
            operations.begin(
                    handle,
                    server,
                    workflow,
                    new Evacuation.Left(claim.generation(), claim.power().level(), true));
        });
    }

    /** The hosts do what they are told, and say so, until nothing waits for them any more; never do two of them run it. */
    private void hostsFollow(Operations operations) {
        Reports reports = new Reports(fleet.scheduling, fleet.serverPorts, fleet.bindings, operations);
        for (int turn = 0; turn < 2 * STEPS; turn++) {
            for (HostId host : List.of(home, other)) {
                use(handle -> assertThat(servers.hold(handle, server).orElseThrow().claims().stream()
                                .filter(claim -> claim.role() != Claim.Role.INCOMING)
                                .filter(claim -> claim.power().level() != Power.Level.STOPPED))
                        .hasSizeLessThan(2));
                fleet.obey(host, reports);
            }
        }
    }

    static Stream<Arguments> everyStepFails() {
        return WorkflowHarness.everyFailure(STEPS);
    }

    @ParameterizedTest
    @MethodSource
    void everyStepFails(int at, Trouble trouble) {
        Workflow<Evacuation.Left> workflow = new WorkflowHarness<>(evacuation, at, trouble);
        Operations operations = new Operations(List.of(workflow));
        begin(workflow, operations);
        hostsFollow(operations);
        assertThat(books()).isEqualTo(before);
        assertThat(fleet.text("select failure from server_action where action = 'evacuate'"))
                .contains(WorkflowHarness.FAILURE.reason());
    }

    static Stream<Integer> everyStepIsTakenTwice() {
        return WorkflowHarness.everyStep(STEPS);
    }

    @ParameterizedTest
    @MethodSource
    void everyStepIsTakenTwice(int at) {
        Workflow<Evacuation.Left> workflow = new WorkflowHarness<>(evacuation, at, Trouble.TWICE);
        Operations operations = new Operations(List.of(workflow));
        begin(workflow, operations);
        hostsFollow(operations);
        assertThat(books())
                .isEqualTo("ACTIVE - on node2, claims node2 current t RUNNING, used 1, leases 1, bindings node2 true,"
                        + " node2 true, shown node2, operations 0");
    }
}
