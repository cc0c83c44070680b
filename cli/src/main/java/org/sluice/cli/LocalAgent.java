package org.sluice.cli;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.sluice.agent.Agent;
import org.sluice.agent.AgentSettings;
import org.sluice.agent.LinuxHost;
import org.sluice.agent.controller.ControllerClient;
import org.sluice.agent.step.StepObserver;

/** The agent of this machine, in this process. */
final class LocalAgent {
    private LocalAgent() {}

    /**
     * Makes this machine a member if it is none yet, and starts its agent.
     *
     * @param name what the host is known by
     * @param data holds {@code agent/}: identity, journal, images, disks
     * @param libvirtUri connection URI of libvirt
     * @param members the way into the cluster
     * @param resources get everything that must be closed
     */
    static Agent start(String name, Path data, String libvirtUri, Members members, Resources resources)
            throws Exception {
        ControllerClient controller = members.join(name, data);
        Path directory = data.resolve("agent");
        DataDirectory.letPass(data);
        LinuxHost host =
                resources.add("this machine", new LinuxHost(name, directory, libvirtUri, controller::fetchImage));
        // Platform threads: a kernel call that hangs must not take a carrier of virtual threads with it.
        ExecutorService calls = resources.add(
                "kernel calls",
                Executors.newCachedThreadPool(
                        Thread.ofPlatform().daemon().name("kernel call ", 0).factory()));
        Agent agent = resources.add(
                "agent",
                new Agent(
                        host.host(),
                        controller,
                        directory,
                        AgentSettings.DEFAULT,
                        Agent.KernelCalls.on(calls),
                        StepObserver.NONE,
                        InstantSource.system(),
                        RandomGenerator.of("L64X128MixRandom")));
        agent.start();
        return agent;
    }
}
