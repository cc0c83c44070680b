package org.sluice.traffic.frame;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;

/**
 * What is in each slot of a ring of frames to send: slot i holds flow i modulo the number of flows in the i-th size of the mix's
 * cycle. Immutable.
 */
public final class FrameLayout {
    private final FrameSpec spec;
    private final FrameSize[] sizes;
    private final int[] lengths;

    private FrameLayout(FrameSpec spec, FrameMix mix, int slots) {
        this.spec = spec;
        this.sizes = new FrameSize[slots];
        this.lengths = new int[slots];
        for (int i = 0; i < slots; i++) {
            sizes[i] = mix.cycle().get(i % mix.cycle().size());
            lengths[i] = sizes[i].onWire();
        }
    }

    /**
     * Plans a ring.
     *
     * @param slots how many are wanted at least, more than zero. Rounded up until every flow has a slot and the ring holds whole
     *     cycles of the mix; and whole rounds of all flows too, if that does not more than double it (else the first flows get a
     *     slot more than the last ones)
     * @throws IllegalArgumentException when a frame is too small for the headers and the signature
     */
    public static FrameLayout of(FrameSpec spec, FrameMix mix, int slots) {
        requireNonNull(spec, "spec is null");
        requireNonNull(mix, "mix is null");
        if (slots <= 0) {
            throw new IllegalArgumentException("A ring has at least one slot; " + slots + " are asked for.");
        }
        FrameSize minimum = FrameSize.minimum(spec);
        if (mix.smallest().compareTo(minimum) < 0) {
            throw new IllegalArgumentException("Frames of " + mix.smallest() + " bytes have no room for "
                    + (spec.isIpv4() ? "IPv4" : "IPv6") + " headers with "
                    + spec.tags().size()
                    + " VLAN tags and the signature: use at least " + minimum + " bytes.");
        }
        return new FrameLayout(
                spec, mix, rounded(Math.max(slots, spec.flows()), mix.cycle().size(), spec.flows()));
    }

    /** How many slots the ring has. */
    public int slots() {
        return lengths.length;
    }

    /** Bytes of the slot's frame for the kernel, without frame check sequence. */
    public int length(int slot) {
        return lengths[slot];
    }

    /** The most bytes of a slot. */
    public int largest() {
        int largest = 0;
        for (int length : lengths) {
            largest = Math.max(largest, length);
        }
        return largest;
    }

    /** Where the {@link Signature} starts in the frame of every slot. */
    public int signatureOffset() {
        return spec.headerLength();
    }

    /**
     * Writes the slot's frame, with a signature of zeros.
     *
     * @param to has {@code length(slot)} bytes from offset on
     */
    public void copyTo(int slot, MemorySegment to, long offset) {
        FrameWriter.testFrame(spec, sizes[slot], slot % spec.flows(), to, offset);
    }

    private static int rounded(int slots, int cycle, int flows) {
        long both = (long) cycle * flows / greatestCommonDivisor(cycle, flows);
        long whole = roundUp(slots, both);
        return Math.toIntExact(whole <= 2L * slots ? whole : roundUp(slots, cycle));
    }

    private static long roundUp(long number, long multiple) {
        return (number + multiple - 1) / multiple * multiple;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
