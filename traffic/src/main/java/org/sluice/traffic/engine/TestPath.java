package org.sluice.traffic.engine;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.linux.machine.CpuSet;
import org.sluice.linux.machine.Machine;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.thread.Scheduling;
import org.sluice.traffic.frame.FrameMix;

/**
 * The interfaces of a run and a pinned thread for each loop on them. While it is open, all other threads of this process stay off the CPUs
 * that senders spin on. For one thread.
 */
public final class TestPath implements AutoCloseable {
    private final List<Stream> streams;
    private final Mode mode;
    private final LatenessBounds bounds;
    private final Duration settle;
    private final Map<PortName, NetworkNamespace> given;
    private final Map<PortName, NetworkNamespace> namespaces = new LinkedHashMap<>();
    private final List<PinnedThread> senders = new ArrayList<>();
    private final Map<PortName, PinnedThread> receivers = new LinkedHashMap<>();
    private final XdpPrograms programs = new XdpPrograms();
    private final CompilerThreads compilers = new CompilerThreads();
    private final BitSet allowed;
    private boolean receiversExclusive;
    private int trials;

    private TestPath(
            List<Stream> streams,
            Mode mode,
            LatenessBounds bounds,
            Duration settle,
            Map<PortName, NetworkNamespace> given) {
        this.streams = List.copyOf(streams);
        this.mode = requireNonNull(mode, "mode is null");
        this.bounds = requireNonNull(bounds, "bounds is null");
        this.settle = requireNonNull(settle, "settle is null");
        this.given = Map.copyOf(given);
        this.allowed = Scheduling.cpus(0);
    }

    /**
     * Opens the namespaces and starts the threads; sends nothing yet.
     *
     * @param streams at least one, at most {@value PortTally#MOST_STREAMS}
     * @param settle how long to wait for late frames after the last was sent (RFC 2544, section 23: two seconds)
     * @throws org.sluice.linux.LinuxException code {@code namespace.missing}
     */
    public static TestPath open(List<Stream> streams, Mode mode, LatenessBounds bounds, Duration settle)
            throws InterruptedException {
        return open(streams, mode, bounds, settle, Map.of());
    }

    /** The same with ports whose namespaces have no name: they stay the caller's, who closes them after the path. */
    static TestPath open(
            List<Stream> streams,
            Mode mode,
            LatenessBounds bounds,
            Duration settle,
            Map<PortName, NetworkNamespace> given)
            throws InterruptedException {
        if (streams.isEmpty() || streams.size() > PortTally.MOST_STREAMS) {
            throw new IllegalArgumentException("A test has 1 to " + PortTally.MOST_STREAMS + " streams.");
        }
        TestPath path = new TestPath(streams, mode, bounds, settle, given);
        try {
            path.start();
            return path;
        } catch (RuntimeException | Error | InterruptedException failure) {
            path.close();
            throw failure;
        }
    }

    private void start() throws InterruptedException {
        for (Stream stream : streams) {
            for (PortName port : List.of(stream.transmit(), stream.receive())) {
                if (!given.containsKey(port) && !namespaces.containsKey(port)) {
                    namespaces.put(port, port.open());
                }
            }
        }
        List<PortName> ends = streams.stream().map(Stream::receive).distinct().toList();
        CpuPlan plan = CpuPlan.of(allowed, streams.size(), ends.size());
        receiversExclusive = plan.receiversExclusive();
        Machine machine = new Machine();
        for (int i = 0; i < streams.size(); i++) {
            senders.add(
                    new PinnedThread("send " + streams.get(i), plan.senders().get(i), plan.urgencyOf(i, machine)));
        }
        // One that sleeps takes little and must not lose frames to others on its CPU; one that never does has none
        // there.
        for (int i = 0; i < ends.size(); i++) {
            receivers.put(
                    ends.get(i),
                    new PinnedThread("receive " + ends.get(i), plan.receivers().get(i), Urgency.LARGEST_SHARE));
        }
        Set<Integer> pinned = new HashSet<>();
        for (PinnedThread sender : senders) {
            pinned.add(sender.number());
        }
        for (PinnedThread receiver : receivers.values()) {
            pinned.add(receiver.number());
        }
        letOthersRunOn(plan.others(), pinned);
        compilers.prefer();
    }

    private static void letOthersRunOn(BitSet cpus, Set<Integer> except) {
        for (int thread : Scheduling.threads()) {
            if (!except.contains(thread)) {
                // One that ended meanwhile needs no CPU.
                boolean _ = Scheduling.pin(thread, cpus);
            }
        }
    }

    /** The CPUs that no sender of such a test spins on: those that a device under test made of software should work on. */
    public static CpuSet cpusBesides(List<Stream> streams) {
        int ends = (int) streams.stream().map(Stream::receive).distinct().count();
        return CpuSet.of(
                CpuPlan.forLoops(streams.size(), ends).others().stream().boxed().toList());
    }

    /**
     * Prepares the frames of a size or mix; the measurement before must be closed.
     *
     * @throws org.sluice.linux.LinuxException what the kernel refuses of a mode's sockets, or code {@code link.no-carrier}
     */
    public Measurement measure(FrameMix mix) throws InterruptedException {
        return Measurement.open(this, mix);
    }

    /** The streams, whose place in the list is their number. */
    public List<Stream> streams() {
        return streams;
    }

    /** How frames are sent and received. */
    public Mode mode() {
        return mode;
    }

    /** Whether receivers have CPUs for themselves, so that they may look all the time. */
    boolean receiversExclusive() {
        return receiversExclusive;
    }

    XdpPrograms programs() {
        return programs;
    }

    LatenessBounds bounds() {
        return bounds;
    }

    Duration settle() {
        return settle;
    }

    NetworkNamespace namespace(PortName port) {
        NetworkNamespace namespace = given.get(port);
        return namespace != null ? namespace : requireNonNull(namespaces.get(port), "the port belongs to no stream");
    }

    PinnedThread sender(int stream) {
        return senders.get(stream);
    }

    PinnedThread receiver(PortName port) {
        return requireNonNull(receivers.get(port), "no stream ends at the port");
    }

    /** Numbers trials so that a frame can say which one it belongs to; 0 is none. */
    int nextEpoch() {
        trials = trials % 255 + 1;
        return trials;
    }

    @Override
    public void close() {
        senders.forEach(PinnedThread::close);
        receivers.values().forEach(PinnedThread::close);
        letOthersRunOn(allowed, Set.of());
        compilers.close();
        programs.close();
        namespaces.values().forEach(NetworkNamespace::close);
    }
}
