package org.sluice.traffic.engine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.sluice.linux.LinuxException;
import org.sluice.linux.machine.Machine;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.trial.Floor;
import org.sluice.traffic.trial.Lateness;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;

/**
 * Measures what the tester itself costs on this machine. The loop without a device under test is a veth pair between two namespaces
 * without a name, which the kernel takes away as soon as they are closed, also when this process is killed.
 */
public final class FloorMeter {
    private static final Duration SPIN = Duration.ofMillis(500);
    private static final Duration LOOP = Duration.ofSeconds(1);
    private static final Duration SETTLE = Duration.ofMillis(200);
    private static final double LOOP_RATE = 20_000;
    private static final int CLOCK_READINGS = 200_000;

    /** Gaps below this are a loop at work, not a thread kept from running. */
    private static final long SHORTEST_GAP = 1_000;

    private final Mode mode;

    /** @param mode how the loop sends and receives */
    public FloorMeter(Mode mode) {
        this.mode = mode;
    }

    /** Takes about two seconds. */
    public Floor measure() throws InterruptedException {
        CpuPlan plan = CpuPlan.forLoops(1, 1);
        Histogram gaps;
        double clockCost;
        try (PinnedThread thread =
                new PinnedThread("floor", plan.senders().getFirst(), plan.urgencyOf(0, new Machine()))) {
            int _ = thread.number();
            clockCost = Futures.get(thread.submit(FloorMeter::clockCost));
            gaps = Futures.get(thread.submit(FloorMeter::spin));
        }
        Optional<StreamResult> loop = loop();
        return new Floor(
                Latencies.lateness(gaps),
                clockCost,
                loop.map(StreamResult::lateness).orElse(Lateness.NONE),
                loop.isPresent() ? LOOP_RATE : 0,
                loop.flatMap(StreamResult::latency),
                loop.map(StreamResult::lost).orElse(0L));
    }

    private static double clockCost() {
        long start = System.nanoTime();
        long now = start;
        for (int i = 0; i < CLOCK_READINGS; i++) {
            now = System.nanoTime();
        }
        return (double) (now - start) / CLOCK_READINGS;
    }

    private static Histogram spin() {
        Histogram gaps = Latencies.empty();
        long now = System.nanoTime();
        long end = now + SPIN.toNanos();
        while (now < end) {
            long next = System.nanoTime();
            if (next - now > SHORTEST_GAP) {
                gaps.recordValue(Latencies.clamp(next - now));
            }
            now = next;
        }
        return gaps;
    }

    /** Empty where this process may not make namespaces. */
    private Optional<StreamResult> loop() throws InterruptedException {
        PortName transmit = new PortName("floor-tx", Optional.empty());
        PortName receive = new PortName("floor-rx", Optional.empty());
        try (NetworkNamespace near = NetworkNamespace.createNameless();
                NetworkNamespace far = NetworkNamespace.createNameless();
                Links links = Links.in(near);
                Links there = Links.in(far)) {
            links.createVeth(transmit.device(), receive.device(), far);
            links.setUp(transmit.device());
            there.setUp(receive.device());
            FrameSpec spec = FrameSpec.between(
                    links.require(transmit.device()).mac(),
                    there.require(receive.device()).mac());
            Stream stream = new Stream(transmit, receive, spec, Stream.Device.BRIDGE);
            try (TestPath path = TestPath.open(
                            List.of(stream),
                            mode,
                            LatenessBounds.DEFAULT,
                            SETTLE,
                            Map.of(transmit, near, receive, far));
                    Measurement measurement = path.measure(FrameMix.of(64))) {
                return Optional.of(measurement
                        .run(new Load.Paced(LOOP_RATE, LOOP))
                        .streams()
                        .getFirst());
            }
        } catch (LinuxException refusal) {
            if (refusal.code().equals("syscall.eperm")) {
                return Optional.empty();
            }
            throw refusal;
        }
    }
}
