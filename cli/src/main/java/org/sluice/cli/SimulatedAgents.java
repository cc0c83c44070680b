package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.sluice.agent.Agent;
import org.sluice.agent.AgentSettings;
import org.sluice.agent.controller.Controller;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.supervision.Supervision;
import org.sluice.model.ProblemException;
import org.sluice.simulator.SimulatedHost;

/**
 * The agents of N simulated hosts in this process, each with a directory, a membership and a journal of its own. The
 * hosts live as long as this object: starting again on the same directory is, to the agents, a reboot of all hosts, after
 * which they start again what ran. Thread-safe.
 */
public final class SimulatedAgents implements AutoCloseable {
    private final List<SimulatedHost> hosts = new ArrayList<>();
    private final List<KeptAgent> agents = new ArrayList<>();
    private final ExecutorService calls;

    /** Makes a host a member, or finds that it is one, and gives the way to its controller. */
    @FunctionalInterface
    public interface Membership {
        /**
         * @param hostname name of the host
         * @param directory what the agent keeps its identity in
         */
        Controller join(String hostname, Path directory) throws Exception;
    }

    private SimulatedAgents(ExecutorService calls) {
        this.calls = calls;
    }

    /**
     * Starts the agents of hosts {@code sim-000}, {@code sim-001} and so on.
     *
     * @param count how many
     * @param directory holds a directory a host
     * @param membership enrols a host
     * @param failed told of a host that could not be started, and why; the others go on
     */
    public static SimulatedAgents start(
            int count, Path directory, Membership membership, BiConsumer<String, Exception> failed) throws Exception {
        requireNonNull(directory, "directory is null");
        requireNonNull(membership, "membership is null");
        // No kernel below, so nothing hangs in native code and virtual threads will do.
        SimulatedAgents all = new SimulatedAgents(Executors.newVirtualThreadPerTaskExecutor());
        try {
            for (int i = 0; i < count; i++) {
                String name = "sim-%03d".formatted(i);
                try {
                    all.add(i, name, directory, membership);
                } catch (ProblemException | IOException problem) {
                    failed.accept(name, problem);
                }
            }
            return all;
        } catch (Exception e) {
            all.close();
            throw e;
        }
    }

    /** The hosts, in order. */
    public List<SimulatedHost> hosts() {
        return List.copyOf(hosts);
    }

    /** Stops the agents. */
    @Override
    public void close() {
        agents.forEach(KeptAgent::close);
        calls.close();
    }

    private void add(int index, String name, Path directory, Membership membership) throws Exception {
        Path own = directory.resolve(name);
        SimulatedHost host = new SimulatedHost(index, name, own.resolve("consoles"));
        Controller controller = membership.join(name, own);
        agents.add(new KeptAgent(
                name,
                broken -> new Agent(
                        host.connect(),
                        controller,
                        own.resolve("agent"),
                        AgentSettings.DEFAULT,
                        Agent.KernelCalls.on(calls, Supervision.onVirtualThreads(broken)),
                        StepObserver.NONE,
                        InstantSource.system(),
                        random())));
        hosts.add(host);
    }

    private static RandomGenerator random() {
        return RandomGeneratorFactory.<RandomGenerator>of("L64X128MixRandom").create();
    }
}
