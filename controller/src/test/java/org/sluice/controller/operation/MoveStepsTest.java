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
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.Hardware;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerActions.Asker;
import org.sluice.controller.server.ServerHardware;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.TestDatabase;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.Resources;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.Power;

/** Every step of a move fails in turn, and is taken twice in turn; the hosts do what they are told. */
final class MoveStepsTest {
    private static final int STEPS = 6;
    private static final int DECISION = 5;
    private static final Hardware LARGE = new Hardware("2", "m1.large", new Resources(4, 4096, 10), 10, "{}");
    private static final Asker ASKER = new Asker("req-1", "user", TestFleet.PROJECT);

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private final TestFleet fleet = new TestFleet(postgres.database());
    private final Move move = new Move(fleet.scheduling);
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

    /** All that a move may change, but for numbers that grow. */
    private String books() {
        return fleet.text("""
                        select s.status || ' ' || coalesce(s.task_state, '-') || ' ' || s.flavor_name || ' ' || s.vcpus || ' '
                            || s.memory_mib || ' ' || s.disk_gib || ' on ' || h.name || ', claims '
                            || (select string_agg(concat_ws(' ', o.name, c.role, c.present, c.power, c.boots, c.vcpus, c.disk_gib, o.vcpus_used), ', ' order by o.name)
                                from claim c join host o on o.id = c.host_id)
                            || ', used ' || (select sum(vcpus_used) from host)
                            || ', leases ' || (select count(*) from virtual_function where leased_port_id is not null)
                            || ', bindings ' || (select string_agg(o.name || ' ' || b.active, ', ' order by o.name, b.port_id)
                                from port_binding b join host o on o.id = b.host_id)
                            || ', shown ' || (select string_agg(distinct binding_host, ' ') from port where server_id is not null)
                            || ', images ' || (select count(*) from image) || ', copy ' || coalesce(cast(s.copy_image_id as text), '-')
                            || ', operations ' || (select count(*) from operation)
                        from server s join host h on h.id = s.host_id""").orElseThrow();
    }

    private void use(Consumer<Handle> work) {
        postgres.database().jdbi().useTransaction(work::accept);
    }

    private void begin(Workflow<Change> workflow, Operations operations) {
        use(handle -> {
            Servers.Held held = servers.hold(handle, server).orElseThrow();
            Hardware from = new ServerHardware().of(handle, server);
            servers.begin(handle, held, ServerAction.MIGRATE, ASKER);
            operations.begin(
                    handle,
                    server,
                    workflow,
                    new Change(from, LARGE, held.power().level(), false, Optional.of(ImageId.random())));
        });
    }

    /** The hosts do what they are told, and say so, until nothing waits for them any more; never do two of them run it. */
    private void hostsFollow(Operations operations) {
        Reports reports = new Reports(fleet.scheduling, fleet.serverPorts, fleet.bindings, operations);
        for (int turn = 0; turn < 2 * STEPS; turn++) {
            for (HostId host : List.of(home, other)) {
                use(handle -> assertThat(servers.hold(handle, server).orElseThrow().claims().stream()
                                .filter(claim -> claim.role() != Claim.Role.INCOMING && claim.isPresent())
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
        Workflow<Change> workflow = new WorkflowHarness<>(move, at, trouble);
        Operations operations = new Operations(List.of(workflow));
        begin(workflow, operations);
        hostsFollow(operations);
        assertThat(books()).isEqualTo(before);
        assertThat(fleet.text("select failure from server_action where action = 'migrate'"))
                .isEqualTo(
                        at == DECISION && trouble == Trouble.FAILS_AFTER
                                ? Optional.empty()
                                : Optional.of(WorkflowHarness.FAILURE.reason()));
    }

    static Stream<Integer> everyStepIsTakenTwice() {
        return WorkflowHarness.everyStep(STEPS);
    }

    @ParameterizedTest
    @MethodSource
    void everyStepIsTakenTwice(int at) {
        Workflow<Change> workflow = new WorkflowHarness<>(move, at, Trouble.TWICE);
        Operations operations = new Operations(List.of(workflow));
        begin(workflow, operations);
        hostsFollow(operations);
        assertThat(books())
                .isEqualTo("RESIZED - m1.large 4 4096 10 on node2, claims node1 outgoing t STOPPED 0 1 1 1,"
                        + " node2 current t RUNNING 0 4 10 4, used 5, leases 2, bindings node1 false, node1 false, node2 true,"
                        + " node2 true, shown node2, images 0, copy -, operations 1");
        use(handle -> operations.decide(
                handle,
                server,
                workflow,
                operations.data(handle, server, workflow).orElseThrow().confirm()));
        hostsFollow(operations);
        assertThat(books())
                .isEqualTo(
                        "ACTIVE - m1.large 4 4096 10 on node2, claims node2 current t RUNNING 0 4 10 4, used 4, leases 1,"
                                + " bindings node2 true, node2 true, shown node2, images 0, copy -, operations 0");
    }
}
