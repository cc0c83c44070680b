package org.sluice.agent.supervision;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import org.sluice.agent.host.Bridges;
import org.sluice.agent.host.KernelException;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;

/**
 * Bridges that are not waited for for ever. All changes of a namespace's links take turns in the kernel (rtnl_lock), so that one that
 * hangs keeps away whoever wants another. Thread-safe.
 */
public final class BoundedBridges implements Bridges {
    /** Threads that a kernel that hangs may hold. */
    private static final int MOST_CALLS = 64;

    /** They are one thing. */
    private static final String ALL = "the host's links";

    private final Bridges bridges;
    private final BoundedCalls<String> calls;
    private final CallLimits limits;

    /**
     * @param executor runs the calls
     * @param limits how long they may take
     */
    public BoundedBridges(Bridges bridges, ExecutorService executor, CallLimits limits) {
        this.bridges = requireNonNull(bridges, "bridges is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.calls = new BoundedCalls<>(
                executor,
                MOST_CALLS,
                sentence -> new KernelException.Stuck(
                        "The kernel does not answer about the host's bridges. " + sentence,
                        Optional.of("See dmesg; a kernel whose links are stuck comes back with a reboot."),
                        null));
    }

    /** That they do not answer, in a sentence; empty when they do. */
    public Optional<String> fault() {
        return calls.hangs().map(sentence -> "The kernel does not answer about the host's bridges. " + sentence);
    }

    @Override
    public List<String> uplinks() {
        return ask("Looking for uplinks", bridges::uplinks);
    }

    @Override
    public String ensure(Segment segment) {
        return ask("Making " + segment.bridgeName(), () -> bridges.ensure(segment));
    }

    @Override
    public boolean removeIfUnused(NetworkId network) {
        return ask("Removing " + Segment.bridgeName(network), () -> bridges.removeIfUnused(network));
    }

    @Override
    public String ensureTap(Segment segment, PortId port) {
        return ask("Making " + Segment.tapName(port), () -> bridges.ensureTap(segment, port));
    }

    @Override
    public void removeTap(PortId port) {
        calls.run(ALL, "Removing " + Segment.tapName(port), limits.question(), () -> bridges.removeTap(port));
    }

    @Override
    public void adopt(Segment segment, PortId port) {
        calls.run(ALL, "Looking at " + Segment.tapName(port), limits.question(), () -> bridges.adopt(segment, port));
    }

    @Override
    public Map<NetworkId, Set<PortId>> made() {
        return ask("Looking at what was made", bridges::made);
    }

    @Override
    public boolean restoreTap(Segment segment, PortId port) {
        return ask("Putting " + Segment.tapName(port) + " back", () -> bridges.restoreTap(segment, port));
    }

    @Override
    public Optional<String> deviation(Segment segment) {
        return ask("Reading " + segment.bridgeName(), () -> bridges.deviation(segment));
    }

    @Override
    public Optional<String> bridgeOf(PortId port) {
        return ask("Reading " + Segment.tapName(port), () -> bridges.bridgeOf(port));
    }

    private <T> T ask(String what, Callable<T> call) {
        return calls.call(ALL, what, limits.question(), call);
    }
}
