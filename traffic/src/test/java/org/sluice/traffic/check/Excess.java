package org.sluice.traffic.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.packet.PacketSender;

/**
 * By how much the tester's latencies exceed those of a measurement inside its span, by trial. Whatever disturbs a machine between an outer stamp
 * and the inner one makes the outer span longer, never shorter. So no trial may fall below the inner measurement, and the
 * least disturbed one shows what the tester itself adds. One trial before them warms the program up and is never looked at.
 *
 * <p>Between the stamps of the two lie two passages of a veth pair: from the tester's stamp before its send call into the kernel and
 * to the stamp at the peer, and once more behind. A passage ends before the send call returns, so a call bounds it; how long one
 * takes depends on the machine (1 µs on bare metal, 8 µs in a virtual machine that others keep busy), and is measured here, without the tester.
 */
final class Excess {
    /** Trials to look at. */
    static final int TRIALS = 9;

    /** What two calls for the time of day and the way into a send call take, in nanoseconds. */
    private static final long STAMPS = 1_000;

    /** Latencies are kept to three digits. */
    private static final double ROUNDING = 0.001;

    private static final int CALLS = 1_001;
    private static final int LENGTH = 128;

    /** As far apart as frames of a trial with 4,000 in a second. */
    private static final long APART = 250_000;

    private final List<Long> values = new ArrayList<>();
    private final long sendCall;

    /** Measures a send call of the tester's port; before anything counts frames behind it. */
    Excess(Middle middle) {
        sendCall = medianOfSendCalls(middle);
    }

    private static long medianOfSendCalls(Middle middle) {
        try (NetworkNamespace near =
                        NetworkNamespace.open(middle.transmit.namespace().orElseThrow());
                PacketSender sender =
                        PacketSender.open(near, middle.transmit.device(), 1, LENGTH, PacketSender.Queueing.BYPASSED)) {
            sender.setLength(0, LENGTH);
            long[] calls = new long[CALLS];
            long next = System.nanoTime();
            for (int call = 0; call < CALLS; call++) {
                while (System.nanoTime() - next < 0) {
                    Thread.onSpinWait();
                }
                long before = System.nanoTime();
                assertThat(sender.send(0, 1)).isOne();
                long after = System.nanoTime();
                calls[call] = after - before;
                next = after + APART;
            }
            Arrays.sort(calls);
            return calls[CALLS / 2];
        }
    }

    /**
     * Takes note of a trial.
     *
     * @param outer p50 that the tester found, in nanoseconds
     * @param inner p50 of the same frames inside
     * @param leastInner the same, as far as it is certain: what the outer span surely holds
     */
    void add(long outer, long inner, long leastInner) {
        assertThat((double) outer).isGreaterThanOrEqualTo(leastInner * (1 - ROUNDING));
        values.add(outer - inner);
    }

    /** The tester adds no more than the two passages. */
    void assertSmall() {
        assertThat(values)
                .as("a send call takes %,d ns", sendCall)
                .hasSize(TRIALS)
                .anyMatch(value -> value <= 2 * sendCall + STAMPS);
    }
}
