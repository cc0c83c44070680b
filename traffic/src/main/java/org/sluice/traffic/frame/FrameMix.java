package org.sluice.traffic.frame;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sizes of a stream's frames: one, or a mix that repeats (RFC 6985).
 *
 * @param label {@code 64}, {@code IMIX} or what was asked for; stands in reports
 * @param cycle the sizes in the order of sending, 1 to 4,096 of them
 */
public record FrameMix(String label, List<FrameSize> cycle) {
    /** The classic mix: of twelve frames seven of 64 bytes, four of 570, one of 1,518. */
    public static final FrameMix IMIX = weighted("IMIX", simple());

    private static final int LONGEST_CYCLE = 4096;

    /** Checks the number of sizes. */
    public FrameMix {
        requireNonNull(label, "label is null");
        cycle = List.copyOf(cycle);
        if (cycle.isEmpty() || cycle.size() > LONGEST_CYCLE) {
            throw new IllegalArgumentException("The mix " + label + " has " + cycle.size()
                    + " frames in its cycle: use 1 to " + LONGEST_CYCLE + ".");
        }
    }

    /** Frames of one size. */
    public static FrameMix of(FrameSize size) {
        return new FrameMix(size.toString(), List.of(size));
    }

    /** Frames of one size in bytes with frame check sequence. */
    public static FrameMix of(int bytes) {
        return of(new FrameSize(bytes));
    }

    /**
     * So many of each size in a cycle, spread evenly: a burst of small frames followed by large ones would measure the device's
     * buffers rather than its rate. The k-th of n frames of a size is due at (k + 1/2) / n of the cycle.
     *
     * @param weights frames of each size, each more than zero; a common factor is taken out
     */
    public static FrameMix weighted(String label, Map<FrameSize, Integer> weights) {
        int factor = 0;
        long total = 0;
        for (int weight : weights.values()) {
            if (weight <= 0) {
                throw new IllegalArgumentException(
                        "The mix " + label + " has " + weight + " frames of a size: use at least 1.");
            }
            factor = greatestCommonDivisor(factor, weight);
            total += weight;
        }
        if (total == 0 || total / factor > LONGEST_CYCLE) {
            throw new IllegalArgumentException("The mix " + label + " has " + (total == 0 ? 0 : total / factor)
                    + " frames in its cycle: use 1 to " + LONGEST_CYCLE + ".");
        }
        List<Due> due = new ArrayList<>();
        for (Map.Entry<FrameSize, Integer> entry : weights.entrySet()) {
            int count = entry.getValue() / factor;
            for (int i = 0; i < count; i++) {
                due.add(new Due((i + 0.5) / count, entry.getKey()));
            }
        }
        due.sort(Comparator.comparingDouble(Due::share));
        return new FrameMix(label, due.stream().map(Due::size).toList());
    }

    /**
     * Reads what stands on a command line: {@code 64}; {@code imix}; {@code imix:7x64,4x570,1x1518}, spread evenly;
     * {@code imix:64,64,1518}, in this order; or a genome of RFC 6985, section 4, in its order: {@code imix:aadg}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static FrameMix parse(String text) {
        return MixText.parse(text);
    }

    /** Mean size in bytes. */
    public double mean() {
        return cycle.stream().mapToInt(FrameSize::bytes).average().orElseThrow();
    }

    /** The smallest frame. */
    public FrameSize smallest() {
        return Collections.min(cycle);
    }

    /** The largest frame. */
    public FrameSize largest() {
        return Collections.max(cycle);
    }

    /** The most frames of this mix a second that a medium of so many bits a second can carry. */
    public double lineRate(long bitsPerSecond) {
        return FrameSize.lineRate(bitsPerSecond, mean());
    }

    /** The same with every frame at least as large as these headers need; the label tells when a single size changed. */
    public FrameMix orMinimum(FrameSpec spec) {
        if (smallest().bytes() >= FrameSize.minimum(spec).bytes()) {
            return this;
        }
        List<FrameSize> sizes = cycle.stream().map(size -> size.orMinimum(spec)).toList();
        return cycle.size() == 1 ? of(sizes.getFirst()) : new FrameMix(label, sizes);
    }

    /** The label. */
    @Override
    public String toString() {
        return label;
    }

    private static Map<FrameSize, Integer> simple() {
        Map<FrameSize, Integer> weights = new LinkedHashMap<>();
        weights.put(new FrameSize(64), 7);
        weights.put(new FrameSize(570), 4);
        weights.put(new FrameSize(1518), 1);
        return weights;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    /** A frame and where in the cycle, 0 to 1, it is due. */
    private record Due(double share, FrameSize size) {}
}
