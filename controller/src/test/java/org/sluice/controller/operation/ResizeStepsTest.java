package org.sluice.controller.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sluice.controller.agents.Reports;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.background.OverdueOperations;
import org.sluice.controller.background.Reconciler;
import org.sluice.controller.background.Turns;
import org.sluice.controller.operation.WorkflowHarness.Trouble;
import org.sluice.controller.server.Hardware;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerActions.Asker;
import org.sluice.controller.server.ServerHardware;
import org.sluice.controller.server.ServerState;
import org.sluice.controller.server.ServerStatus;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.TestDatabase;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.Resources;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.ServerReport.Failure;

/** Every step of a resize fails in turn, and is taken twice in turn; the host does what it is told. */
final class ResizeStepsTest {
    private static final int STEPS = 5;
    private static final int START = 3;
    private static final int DECISION = 4;
    private static final Hardware LARGE = new Hardware("2", "m1.large", new Resources(4, 4096, 10), 10, "{}");
    private static final Asker ASKER = new Asker("req-1", "user", TestFleet.PROJECT);

    @RegisterExtension
    static final TestDatabase postgres = new TestDatabase();

    private final TestFleet fleet = new TestFleet(postgres.database());
    private final Resize resize = new Resize(fleet.scheduling);
    private final Servers servers = new Servers();
    private HostId host = HostId.random();
    private ServerId server = ServerId.random();
    private String before = "";

    @BeforeEach
    void boot() {
        fleet.clear();
        host = fleet.host("node1", 2);
        server = fleet.boot(fleet.port(fleet.network(TestFleet.VF_NETWORK, 2401), VnicType.DIRECT))
                .server();
        fleet.report(host, fleet.running(host, server));
        before = books();
    }

    /** All that a resize may change, but for numbers that grow. */
    private String books() {
        return fleet.text("""
                        select s.status || ' ' || coalesce(s.task_state, '-') || ' ' || s.flavor_name || ' ' || s.vcpus || ' '
                            || s.memory_mib || ' ' || s.disk_gib || ' claims ' || c.vcpus || ' ' || c.memory_mib || ' '
                            || c.disk_gib || ' of ' || h.vcpus_used || ' ' || h.memory_mib_used || ' ' || h.disk_gib_used
                            || ', disk ' || c.disk || ' ' || coalesce(c.disk_kept, 0) || ', ' || c.power || ', operations '
                            || (select count(*) from operation)
                        from server s join claim c on c.server_id = s.id join host h on h.id = c.host_id""").orElseThrow();
    }

    /** How often the guest is to have been started anew. */
    private long boots() {
        return fleet.count("select boots from claim");
    }

    private void use(Consumer<Handle> work) {
        postgres.database().jdbi().useTransaction(work::accept);
    }

    private void begin(Workflow<Change> workflow, Operations operations) {
        use(handle -> {
            Servers.Held held = servers.hold(handle, server).orElseThrow();
            Hardware from = new ServerHardware().of(handle, server);
            servers.begin(handle, held, ServerAction.RESIZE, ASKER);
            operations.begin(
                    handle,
                    server,
                    workflow,
                    new Change(from, LARGE, held.power().level(), false, Optional.empty()));
        });
    }

    /** The host does what it is told, and says so, until nothing waits for it any more. */
    private void hostFollows(Operations operations) {
        Reports reports = new Reports(fleet.scheduling, fleet.serverPorts, fleet.bindings, operations);
        for (int turn = 0; turn < 2 * STEPS; turn++) {
            fleet.obey(host, reports);
        }
    }

    static Stream<Arguments> everyStepFails() {
        return WorkflowHarness.everyFailure(STEPS);
    }

    @ParameterizedTest
    @MethodSource
    void everyStepFails(int at, Trouble trouble) {
        Workflow<Change> workflow = new WorkflowHarness<>(resize, at, trouble);
        Operations operations = new Operations(List.of(workflow));
        begin(workflow, operations);
        hostFollows(operations);
        assertThat(books()).isEqualTo(before);
        assertThat(boots())
                .as("a guest that may have the other hardware is rebooted once for what it was")
                .isEqualTo(at < START ? 0 : at == START && trouble == Trouble.FAILS_BEFORE ? 1 : 2);
        assertThat(fleet.text("select failure from server_action where action = 'resize'"))
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
        Workflow<Change> workflow = new WorkflowHarness<>(resize, at, Trouble.TWICE);
        Operations operations = new Operations(List.of(workflow));
        begin(workflow, operations);
        hostFollows(operations);
        assertThat(books())
                .isEqualTo(
                        "RESIZED - m1.large 4 4096 10 claims 4 4096 10 of 4 4096 10, disk 2 1, RUNNING, operations 1");
        assertThat(boots()).isEqualTo(1);
        use(handle -> operations.decide(
                handle,
                server,
                workflow,
                operations.data(handle, server, workflow).orElseThrow().confirm()));
        assertThat(books())
                .isEqualTo(
                        "ACTIVE - m1.large 4 4096 10 claims 4 4096 10 of 4 4096 10, disk 2 0, RUNNING, operations 0");
    }

    /** The same in a version that does something more before all else. */
    private Operations withOneMore(List<String> taken) {
        Step<Change> more = new Step<>() {
            @Override
            public String name() {
                return "one more";
            }

            @Override
            public Outcome apply(Run<Change> run) {
                taken.add(name());
                return Step.done();
            }

            @Override
            public void undo(Run<Change> run) {
                // Nothing is done.
            }
        };
        return new Operations(List.of(new Workflow<Change>() {
            @Override
            public String kind() {
                return resize.kind();
            }

            @Override
            public Class<Change> dataType() {
                return resize.dataType();
            }

            @Override
            public List<Step<Change>> steps() {
                return Stream.concat(Stream.of(more), resize.steps().stream()).toList();
            }

            @Override
            public void failed(Run<Change> run, Failure failure) {
                resize.failed(run, failure);
            }

            @Override
            public boolean comesBack(Run<Change> run) {
                return resize.comesBack(run);
            }
        }));
    }

    @Test
    void aVersionWithMoreStepsGoesOnAtTheOneThatWasWaitedFor() {
        begin(resize, new Operations(fleet.scheduling));
        assertThat(fleet.text("select step from operation")).contains("guest ends");
        List<String> taken = new ArrayList<>();
        hostFollows(withOneMore(taken));
        assertThat(taken).isEmpty();
        assertThat(books())
                .isEqualTo(
                        "RESIZED - m1.large 4 4096 10 claims 4 4096 10 of 4 4096 10, disk 2 1, RUNNING, operations 1");
    }

    @Test
    void aStepThatNobodyKnowsIsTakenBackAndSaysWhy() {
        Operations operations = new Operations(fleet.scheduling);
        begin(resize, operations);
        use(handle -> handle.execute("update operation set step = 'of another time'"));
        hostFollows(operations);
        assertThat(books()).isEqualTo(before);
        assertThat(fleet.text("select failure from server_action where action = 'resize'"))
                .contains("Another version of the controller began this, and this one does not know its step"
                        + " 'of another time'.");
    }

    @Test
    void whatIsOverdueIsTakenBackAndSaysWhy() {
        Operations operations = new Operations(fleet.scheduling);
        Reconciler overdue = new OverdueOperations(
                new Turns(new Transactions(postgres.database().jdbi())), operations, () -> Duration.ofDays(1));
        begin(resize, operations);
        assertThat(overdue.mend().mended()).as("its host still has time").isZero();
        use(handle -> handle.execute("update operation set due_at = now() - interval '1 second'"));
        assertThat(overdue.mend().mended()).isEqualTo(1);
        assertThat(fleet.text("select failure from server_action where action = 'resize'"))
                .contains("The server's host did not say in time that its part of it is done.");
        hostFollows(operations);
        assertThat(books()).isEqualTo(before);
        assertThat(overdue.mend().mended()).isZero();
    }

    @Test
    void aDecisionWaitsForAsLongAsAPersonLikes() {
        Operations operations = new Operations(fleet.scheduling);
        begin(resize, operations);
        hostFollows(operations);
        assertThat(fleet.text("select status from server")).contains(ServerStatus.RESIZED.name());
        assertThat(fleet.count("select count(*) from operation where due_at is null"))
                .isEqualTo(1);
        assertThat(ServerState.at(ServerStatus.RESIZED).shown()).isEqualTo("VERIFY_RESIZE");
    }
}
