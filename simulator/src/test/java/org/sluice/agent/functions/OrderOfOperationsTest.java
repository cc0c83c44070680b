package org.sluice.agent.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.Samples;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.step.Patience;
import org.sluice.agent.step.Step;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.step.StepRunner;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.simulator.HostCall;
import org.sluice.simulator.SimulatedCard;
import org.sluice.simulator.SimulatedHost;

/** The order that the hardware wants: what must come before what, on the way up and on the way down. */
class OrderOfOperationsTest {
    @TempDir
    Path directory;

    private final List<String> calls = new ArrayList<>();
    private final StepRunner runner = new StepRunner(StepObserver.NONE);
    private final ServerId server = ServerId.random();
    private SimulatedHost host;
    private VirtualFunctionTransaction transaction;
    private Direct nic;

    @BeforeEach
    void prepare() {
        host = new SimulatedHost("node-0", directory, List.of(SimulatedCard.CONNECTX_5));
        VirtualFunctions functions = host.connect().virtualFunctions();
        Patience patience = new Patience(Duration.ofMillis(1), Duration.ofMillis(100), pause -> {});
        Journal journal = new Journal(directory.resolve("journal"), StepObserver.NONE);
        transaction = new VirtualFunctionTransaction(
                functions,
                new Capabilities(
                        new DurableDirectory(directory.resolve("capabilities")),
                        "6.12",
                        functions,
                        InstantSource.system()),
                journal.leases(),
                new PhysicalFunctionSetup(functions, journal.leases()),
                patience,
                StepObserver.NONE,
                new Random(1));
        nic = Samples.direct(host.cards().getFirst().key(), 3, 1);
        host.faults().listen((call, what) -> {
            if (call != HostCall.READ_FUNCTION && call != HostCall.READ_DRIVER && !call.isSurvey()) {
                calls.add(what);
            }
        });
    }

    @Test
    void programsTheFunctionWithItsLinkDownAndLetsTheLinkUpLast() {
        List<Step> steps = new ArrayList<>(beforeDomain());
        steps.add(Step.withoutUndo("domain", () -> calls.add("domain starts")));
        steps.add(transaction.afterDomain(nic));

        runner.apply(steps, 0, failure -> {});

        assertThat(calls)
                .containsExactly(
                        "PF up, MTU at least 9000",
                        "unbind VF 3",
                        "set VF 3 Link[state=DISABLE]",
                        "set VF 3 SpoofCheck[on=false]",
                        "set VF 3 Trust[on=false]",
                        "set VF 3 Vlan[vlan=2401, qos=0]",
                        "set VF 3 Mac[mac=" + nic.mac() + "]",
                        "set VF 3 Rates[minTxRate=0, maxTxRate=0]",
                        "set VF 3 SpoofCheck[on=true]",
                        "bind VF 3 to vfio-pci",
                        "domain starts",
                        "set VF 3 Link[state=AUTO]");
    }

    @Test
    void takesEverythingBackBehindALinkThatIsDown() {
        List<Step> steps = beforeDomain();
        runner.apply(steps, 0, failure -> {});
        calls.clear();

        runner.undo(steps);

        assertThat(calls)
                .containsExactly(
                        "set VF 3 Link[state=DISABLE]",
                        "unbind VF 3",
                        "set VF 3 SpoofCheck[on=false]",
                        "set VF 3 Mac[mac=00:00:00:00:00:00]",
                        "set VF 3 Vlan[vlan=0, qos=0]",
                        "set VF 3 Trust[on=false]",
                        "set VF 3 Rates[minTxRate=0, maxTxRate=0]",
                        "set VF 3 SpoofCheck[on=true]",
                        "set VF 3 Link[state=AUTO]");
    }

    @Test
    void touchesNothingOfAFunctionThatTheServerNeverTook() {
        runner.undo(beforeDomain());
        assertThat(calls).isEmpty();
    }

    private List<Step> beforeDomain() {
        List<Step> steps = new ArrayList<>(List.of(transaction.lease(server, nic)));
        steps.addAll(transaction.beforeDomain(nic));
        return steps;
    }
}
