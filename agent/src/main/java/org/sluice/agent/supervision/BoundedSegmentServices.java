package org.sluice.agent.supervision;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.sluice.agent.host.Bridges;
import org.sluice.agent.host.SegmentServices;
import org.sluice.model.NetworkId;
import org.sluice.model.Problem;
import org.sluice.model.protocol.DesiredInterface;

/**
 * DHCP and metadata that are not waited for for ever. A network whose service hangs keeps away who wants something of it, and no other
 * network. Thread-safe.
 */
public final class BoundedSegmentServices implements SegmentServices {
    /** Threads that services that hang may hold. */
    private static final int MOST_CALLS = 64;

    /** Stands for all networks together. */
    private static final Optional<NetworkId> ALL = Optional.empty();

    private final SegmentServices services;
    private final BoundedCalls<Optional<NetworkId>> calls;
    private final CallLimits limits;

    /**
     * @param executor runs the calls
     * @param limits how long they may take
     */
    public BoundedSegmentServices(SegmentServices services, ExecutorService executor, CallLimits limits) {
        this.services = requireNonNull(services, "services is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.calls = new BoundedCalls<>(
                executor,
                MOST_CALLS,
                sentence -> new Problem(
                                Problem.Kind.UNAVAILABLE,
                                "DhcpStuck",
                                "DHCP and metadata of this host do not answer. " + sentence,
                                Optional.of("Look at the processes named dnsmasq on the host, and at its log."))
                        .asException());
    }

    /** That those of some network do not answer, in a sentence; empty when all do. */
    public Optional<String> fault() {
        return calls.hangs().map(sentence -> "DHCP and metadata do not answer. " + sentence);
    }

    @Override
    public void serve(Bridges.Segment segment, List<Client> clients) {
        run(segment.network(), "Serving network ", limits.service(), () -> services.serve(segment, clients));
    }

    @Override
    public void watch(Consumer<NetworkId> listener) {
        calls.run(ALL, "Watching DHCP", limits.question(), () -> services.watch(listener));
    }

    @Override
    public void adopt(NetworkId network) {
        run(network, "Looking at what serves network ", limits.question(), () -> services.adopt(network));
    }

    @Override
    public Map<NetworkId, List<String>> served() {
        return calls.call(ALL, "Looking at what is served", limits.question(), services::served);
    }

    @Override
    public void forget(Bridges.Segment segment, DesiredInterface.Bridge nic) {
        run(segment.network(), "Leaving network ", limits.service(), () -> services.forget(segment, nic));
    }

    @Override
    public void withdraw(NetworkId network) {
        run(network, "Ending the service of network ", limits.service(), () -> services.withdraw(network));
    }

    @Override
    public void trim() {
        calls.run(ALL, "Trimming the logs of DHCP", limits.question(), services::trim);
    }

    private void run(NetworkId network, String what, Duration limit, Runnable call) {
        calls.run(Optional.of(network), what + network, limit, call);
    }
}
