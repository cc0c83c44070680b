package org.sluice.agent;

import static org.awaitility.Awaitility.await;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.supervision.Supervision;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.Power;
import org.sluice.model.protocol.Power.Ending;
import org.sluice.model.protocol.Power.Level;
import org.sluice.model.protocol.ServerReport.Observed;
import org.sluice.simulator.SimulatedCard;
import org.sluice.simulator.SimulatedHost;

/** What an agent costs its host, in processor time of this JVM; {@code bench/agent} runs it. Asserts no figure. */
@EnabledIfSystemProperty(
        named = "sluice.bench.agent",
        matches = "\\d+",
        disabledReason = "a benchmark; bench/agent runs it")
class AgentBenchmark {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int FUNCTIONS_OF_A_CARD = 32;
    private static final int CHANGES = 100;

    @TempDir
    Path directory;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** An agent as it runs in production, but for the wire. */
    private final class Running implements AutoCloseable {
        private final SimulatedHost host;
        private final FakeController controller = new FakeController();
        private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
        private final Agent agent;
        private final List<DesiredServer> servers = new ArrayList<>();
        private long revision;

        private Running(int count) {
            Path own = directory.resolve("of-" + count + "-" + System.nanoTime());
            host = new SimulatedHost(
                    "node-0",
                    own.resolve("consoles"),
                    List.of(
                            SimulatedCard.CONNECTX_5,
                            SimulatedCard.CONNECTX_5,
                            SimulatedCard.CONNECTX_5,
                            SimulatedCard.CONNECTX_5));
            for (int number = 0; number < count; number++) {
                servers.add(Samples.server(nic(number)));
            }
            agent = new Agent(
                    host.connect(),
                    controller,
                    own.resolve("agent"),
                    AgentSettings.DEFAULT,
                    Agent.KernelCalls.on(calls, Supervision.onVirtualThreads(broken -> {
                        throw new AssertionError(broken);
                    })),
                    StepObserver.NONE,
                    InstantSource.system(),
                    new Random(1));
            agent.start();
            want();
            await().atMost(LIMIT).until(() -> host.running().size() == count);
        }

        /** A VF while there are any, and then a tap. */
        private DesiredInterface nic(int number) {
            return number < host.cards().size() * FUNCTIONS_OF_A_CARD
                    ? Samples.direct(
                            host.cards().get(number / FUNCTIONS_OF_A_CARD).key(), number % FUNCTIONS_OF_A_CARD, 1)
                    : Samples.bridgeNic(number % 200);
        }

        private void want() {
            controller.want(Samples.state(++revision, servers.toArray(DesiredServer[]::new)));
        }

        /** Stops the first server, or starts it, and waits for the report. */
        private void change(int generation) {
            Power wish = new Power(
                    generation % 2 == 1 ? Level.STOPPED : Level.RUNNING, generation, generation / 2, Ending.AT_ONCE);
            DesiredServer changed = servers.getFirst().powered(wish);
            servers.set(0, changed);
            want();
            await().atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> controller
                            .newest(changed.id())
                            .filter(report -> report instanceof Observed seen && seen.generation() == generation)
                            .isPresent());
        }

        @Override
        public void close() {
            agent.close();
            calls.close();
        }
    }

    @Test
    void idleWith128VfsAnd100Servers() throws InterruptedException {
        Duration watched = Duration.ofSeconds(Long.getLong("sluice.bench.agent"));
        try (Running running = new Running(100)) {
            // After a boot the JVM compiles for a while, and each server is read back once.
            Thread.sleep(watched);
            long before = system.getProcessCpuTime();
            Thread.sleep(watched);
            double part = (double) (system.getProcessCpuTime() - before) / watched.toNanos();
            System.out.printf(
                    "agent idle, %d VFs, %d servers, %d s: %.2f %% of a core%n",
                    4 * FUNCTIONS_OF_A_CARD, running.servers.size(), watched.toSeconds(), 100 * part);
        }
    }

    @Test
    void aChangeOfOneServerAmongMany() {
        // The first warms up.
        for (int count : List.of(10, 1, 100, 500)) {
            try (Running running = new Running(count)) {
                for (int change = 1; change <= CHANGES; change++) {
                    running.change(change);
                }
                long before = system.getProcessCpuTime();
                long begun = System.nanoTime();
                for (int change = CHANGES + 1; change <= 2 * CHANGES; change++) {
                    running.change(change);
                }
                System.out.printf(
                        "agent, a change of one of %d servers: %.2f ms of processor time, %.1f ms%n",
                        count,
                        (system.getProcessCpuTime() - before) / 1e6 / CHANGES,
                        (System.nanoTime() - begun) / 1e6 / CHANGES);
            }
        }
    }
}
