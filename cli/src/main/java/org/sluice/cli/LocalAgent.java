package org.sluice.cli;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.sluice.agent.Agent;
import org.sluice.agent.AgentSettings;
import org.sluice.agent.LinuxHost;
import org.sluice.agent.controller.ControllerClient;
import org.sluice.agent.disk.DiskLimits;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.supervision.Supervision;
import org.sluice.cli.settings.HostSettings;
import org.sluice.cli.settings.Settings;

/** The agent of this machine, in this process. */
final class LocalAgent {
    private final KeptAgent.Starting opening;

    private LocalAgent(KeptAgent.Starting opening) {
        this.opening = opening;
    }

    /**
     * Makes this machine a member if it is none yet. Its agent is started by one of the methods.
     *
     * @param name what the host is known by
     * @param data holds {@code agent/}: identity, journal, images, disks
     * @param settings libvirt's connection, and what of the machine is not for servers
     * @param members the way into the cluster
     * @param resources get everything that must be closed
     */
    static LocalAgent join(String name, Path data, Settings settings, Members members, Resources resources)
            throws Exception {
        ControllerClient controller = members.join(name, data);
        Path directory = data.resolve("agent");
        DataDirectory.letPass(data);
        LinuxHost host = resources.add(
                "this machine",
                new LinuxHost(
                        name,
                        directory,
                        settings.get(HostSettings.LIBVIRT),
                        controller::fetchImage,
                        new DiskLimits(
                                settings.find(HostSettings.RESERVED_DISK), settings.find(HostSettings.IMAGE_CACHE))));
        AgentSettings pace = AgentSettings.DEFAULT.reserving((int) (settings.get(HostSettings.RESERVED_MEMORY) >> 20));
        // Platform threads: a kernel call that hangs must not take a carrier of virtual threads with it.
        ExecutorService calls = resources.add(
                "kernel calls",
                Executors.newCachedThreadPool(
                        Thread.ofPlatform().daemon().name("kernel call ", 0).factory()));
        return new LocalAgent(broken -> new Agent(
                host.host(),
                controller,
                directory,
                pace,
                Agent.KernelCalls.on(calls, Supervision.onPlatformThreads(broken)),
                StepObserver.NONE,
                InstantSource.system(),
                RandomGenerator.of("L64X128MixRandom")));
    }

    /**
     * Starts the agent of a process that is nothing else.
     *
     * @param broken told that it cannot go on
     */
    Agent start(Resources resources, Consumer<Throwable> broken) {
        Agent agent = resources.add("agent", opening.open(broken));
        agent.start();
        return agent;
    }

    /** Starts an agent that is started again when it cannot go on. */
    void keep(String name, Resources resources) {
        KeptAgent _ = resources.add("agent", new KeptAgent(name, opening));
    }
}
