package org.sluice.traffic.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.sluice.traffic.frame.FrameLayout;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.trial.Latency;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;

/**
 * The tester's loops against the same in C, trafgen and testpmd, in turns, over a veth pair between two namespaces and with frames of 64
 * bytes. Senders run on the last CPU and receivers on the first, all with a nice value of -20. While senders are compared nobody
 * listens; but the receiving half of a veth pair runs on the sender's CPU, and its cost is part of everybody's figure.
 */
public final class TrafficContest {
    private static final double SECOND = 1e9;
    private static final Duration SENDING = Duration.ofMillis(800);
    private static final Duration SETTLE = Duration.ofMillis(100);
    private static final double FLOOR_RATE = 20_000;

    /** Fewer than the smallest ring holds. */
    private static final Load.Burst FILL = new Load.Burst(30_000, 400_000);

    /** Full rings to be read until the JVM has compiled the loop for good. */
    private static final int WARM_UPS = 30;

    private static final FrameMix MIX = FrameMix.of(64);

    private final VethPair pair;
    private final int rounds;
    private final Rivals rivals;

    private TrafficContest(VethPair pair, int rounds, String reference) {
        this.pair = pair;
        this.rounds = rounds;
        CpuPlan plan = CpuPlan.forLoops(1, 1);
        this.rivals = new Rivals(
                pair,
                frame(),
                reference,
                plan.senders().getFirst(),
                plan.receivers().getFirst());
    }

    /** @param arguments rounds, which contests ("all", or some of the letters s, r, f), the compiled bench/reference.c or "none" */
    public static void main(String[] arguments) throws Exception {
        String which = arguments[1].equals("all") ? "srf" : arguments[1];
        try (VethPair pair = new VethPair(1_500)) {
            TrafficContest contest = new TrafficContest(
                    pair, Integer.parseInt(arguments[0]), arguments[2].equals("none") ? "" : arguments[2]);
            if (which.contains("s")) {
                contest.sending();
            }
            if (which.contains("r")) {
                contest.receiving();
            }
            if (which.contains("f")) {
                contest.floor();
            }
        }
    }

    private String frame() {
        FrameLayout layout = FrameLayout.of(pair.spec(), MIX, 1);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(layout.largest());
            layout.copyTo(0, memory, 0);
            return HexFormat.of().formatHex(memory.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private TestPath open(Mode mode) throws InterruptedException {
        return TestPath.open(List.of(pair.stream()), mode, LatenessBounds.DEFAULT, SETTLE);
    }

    private void sending() throws Exception {
        try (TestPath packet = open(Mode.MMSG);
                TestPath xdp = open(Mode.XDP)) {
            Contest contest = new Contest("sending, packet socket", "frames/CPU s");
            contest.enter("ours, mmsg", () -> send(packet));
            contest.enter("C, sendmmsg", rivals::sendInC);
            contest.enter("trafgen, ring", rivals::sendByTrafgen);
            contest.enter("trafgen, sendto", () -> rivals.sendByTrafgen("-t", "0"));
            contest.enter("testpmd, af_packet", () -> rivals.sendByTestpmd("net_af_packet0,iface=tx,qdisc_bypass=1"));
            contest.run(rounds);
            Contest fast = new Contest("sending, AF_XDP", "frames/CPU s");
            fast.enter("ours, xdp", () -> send(xdp));
            fast.enter("testpmd, af_xdp", () -> rivals.sendByTestpmd("net_af_xdp0,iface=tx"));
            fast.run(rounds);
        }
    }

    private double[] send(TestPath path) throws InterruptedException {
        Ports ports = new Ports(path, MIX);
        try {
            SendLoop loop = sender(ports);
            StreamSummary sent = send(path, loop, new Load.Unpaced(SENDING));
            return new double[] {sent.frames() * SECOND / sent.cpu()};
        } finally {
            ports.close();
        }
    }

    private record StreamSummary(long frames, long cpu) {}

    private SendLoop sender(Ports ports) {
        FrameLayout layout = FrameLayout.of(pair.spec(), MIX, Ports.SLOTS);
        return new SendLoop(ports.transmit(pair.transmit, layout), layout.signatureOffset(), 0);
    }

    private static StreamSummary send(TestPath path, SendLoop loop, Load load) throws InterruptedException {
        loop.prepare(Schedule.of(load), 1, System.nanoTime());
        SendLoop _ = Futures.get(path.sender(0).submit(loop));
        return new StreamSummary(loop.sent(), loop.cpuTime());
    }

    private void receiving() throws Exception {
        try (TestPath packet = open(Mode.MMSG)) {
            Ports ports = new Ports(packet, MIX);
            try {
                SendLoop loop = sender(ports);
                becomeUrgent(packet);
                for (int i = 0; i < WARM_UPS; i++) {
                    double[] _ = drain(packet, packet, loop);
                }
                double[] _ = byXdp(xdp -> {
                    double[] last = {};
                    for (int i = 0; i < WARM_UPS; i++) {
                        last = drain(xdp, packet, loop);
                    }
                    return last;
                });
                Contest drain = new Contest("reading a full ring", "CPU ns/frame", "% lost", "frames");
                drain.enter("ours, mmsg", () -> drain(packet, packet, loop));
                drain.enter(
                        "C, TPACKET_V2",
                        () -> rivals.drainInC(() -> send(packet, loop, FILL).frames()));
                drain.enter("ours, xdp", () -> byXdp(xdp -> drain(xdp, packet, loop)));
                drain.run(rounds * 2);
                Contest live = new Contest("receiving at full speed", "CPU ns/frame", "% lost", "frames");
                live.enter("ours, mmsg", () -> receive(packet, packet, loop));
                live.enter("C, TPACKET_V2", () -> rivals.receiveInC(() -> full(packet, loop)));
                // A ring of 64 MiB, as wide as it may be: its own of 512 frames loses most of them.
                live.enter(
                        "testpmd, af_packet (busy polls)",
                        () -> rivals.receiveByTestpmd(
                                "net_af_packet0,iface=rx,blocksz=65536,framesz=2048,framecnt=32768",
                                () -> full(packet, loop)));
                live.enter("ours, xdp (always polls)", () -> byXdp(xdp -> receive(xdp, packet, loop)));
                live.enter(
                        "testpmd, af_xdp (busy polls)",
                        () -> rivals.receiveByTestpmd("net_af_xdp0,iface=rx", () -> full(packet, loop)));
                live.run(rounds);
            } finally {
                ports.close();
            }
        }
    }

    @FunctionalInterface
    private interface OnPath {
        double[] measure(TestPath path) throws Exception;
    }

    /** On a path of its own, because a path in mode xdp keeps its program on the device, where a rival's has no room then. */
    private double[] byXdp(OnPath what) throws Exception {
        try (TestPath xdp = open(Mode.XDP)) {
            becomeUrgent(xdp);
            return what.measure(xdp);
        }
    }

    /** As the rivals, although the tester itself leaves a receiver that spins at an ordinary share. */
    private void becomeUrgent(TestPath path) throws InterruptedException {
        boolean _ = Futures.get(path.receiver(pair.receive).submit(TrafficContest::becomeUrgent));
    }

    private static boolean becomeUrgent() {
        Urgency.LARGEST_SHARE.apply();
        return true;
    }

    private static long full(TestPath path, SendLoop loop) throws InterruptedException {
        return send(path, loop, new Load.Unpaced(SENDING)).frames();
    }

    private double[] drain(TestPath receiving, TestPath sending, SendLoop sender) throws InterruptedException {
        Ports ports = new Ports(receiving, MIX);
        try {
            ReceiveLoop loop = ports.receive(pair.receive);
            loop.prepare(1, 0);
            long sent = send(sending, sender, FILL).frames();
            loop.stop();
            ReceiveLoop _ = Futures.get(receiving.receiver(pair.receive).submit(loop));
            return figures(loop, sent);
        } finally {
            ports.close();
        }
    }

    private double[] receive(TestPath receiving, TestPath sending, SendLoop sender) throws InterruptedException {
        Ports ports = new Ports(receiving, MIX);
        try {
            ReceiveLoop loop = ports.receive(pair.receive);
            loop.prepare(1, 0);
            var running = receiving.receiver(pair.receive).submit(loop);
            long sent = full(sending, sender);
            TimeUnit.MILLISECONDS.sleep(5);
            loop.stop();
            ReceiveLoop _ = Futures.get(running);
            return figures(loop, sent);
        } finally {
            ports.close();
        }
    }

    private static double[] figures(ReceiveLoop loop, long sent) {
        long arrived = loop.stream(0).sequence.received();
        return new double[] {(double) loop.cpuTime() / arrived, 100.0 * (sent - arrived) / sent, sent};
    }

    private void floor() throws Exception {
        try (TestPath packet = open(Mode.MMSG);
                Measurement ours = packet.measure(MIX)) {
            Contest contest = new Contest("latency at 20,000 frames/s", "p50 ns", "p99 ns", "p99.9 ns");
            contest.enter("ours, mmsg", () -> floor(ours));
            contest.enter("C", () -> rivals.floorInC(FLOOR_RATE));
            contest.run(rounds);
        }
        try (TestPath xdp = open(Mode.XDP);
                Measurement ours = xdp.measure(MIX)) {
            Contest contest = new Contest("the same by AF_XDP", "p50 ns", "p99 ns", "p99.9 ns");
            contest.enter("ours, xdp", () -> floor(ours));
            contest.run(rounds);
        }
    }

    private static double[] floor(Measurement measurement) throws InterruptedException {
        StreamResult stream = measurement
                .run(new Load.Paced(FLOOR_RATE, Duration.ofSeconds(1)))
                .streams()
                .getFirst();
        Latency latency = stream.latency().orElseThrow();
        return new double[] {latency.p50(), latency.p99(), latency.p999()};
    }
}
