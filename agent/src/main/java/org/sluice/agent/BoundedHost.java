package org.sluice.agent;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import org.sluice.agent.functions.PatientVirtualFunctions;
import org.sluice.agent.host.Host;
import org.sluice.agent.step.Patience;
import org.sluice.agent.supervision.BoundedBridges;
import org.sluice.agent.supervision.BoundedDisks;
import org.sluice.agent.supervision.BoundedHypervisor;
import org.sluice.agent.supervision.BoundedSegmentServices;
import org.sluice.agent.supervision.CallLimits;

/**
 * A host none of whose parts is waited for for ever. What does not answer in time has failed, is asked no more until that call has come
 * back, and is a fault of the host meanwhile; a stuck PF is that PF's alone. Thread-safe.
 */
final class BoundedHost {
    private final BoundedBridges bridges;
    private final BoundedSegmentServices services;
    private final BoundedDisks disks;
    private final BoundedHypervisor hypervisor;
    private final Host host;

    /**
     * @param bare the host itself
     * @param patience how long to repeat what a card refuses for the moment
     * @param limits how long calls may take
     * @param executor runs the calls; with a kernel below, on platform threads
     */
    BoundedHost(Host bare, Patience patience, CallLimits limits, ExecutorService executor) {
        requireNonNull(bare, "bare is null");
        bridges = new BoundedBridges(bare.bridges(), executor, limits);
        services = new BoundedSegmentServices(bare.segmentServices(), executor, limits);
        disks = new BoundedDisks(bare.disks(), executor, limits);
        hypervisor = new BoundedHypervisor(bare.hypervisor(), executor, limits);
        host = new Host(
                bare.name(),
                bare.bootId(),
                new PatientVirtualFunctions(bare.virtualFunctions(), patience, limits.question(), executor),
                bridges,
                services,
                disks,
                hypervisor,
                bare.shutdown());
    }

    /** The host as the agent works on it. */
    Host host() {
        return host;
    }

    /** Which of its parts do not answer, a sentence each. */
    List<String> faults() {
        return Stream.of(hypervisor.fault(), bridges.fault(), services.fault(), disks.fault())
                .flatMap(Optional::stream)
                .toList();
    }
}
