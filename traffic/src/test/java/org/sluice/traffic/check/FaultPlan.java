package org.sluice.traffic.check;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What an {@link Impairer} plants. A frame gets the first fault whose choice includes it; all are delayed alike.
 *
 * @param drop which frames are lost
 * @param duplicate which come twice
 * @param holdBack which are overtaken
 * @param overtakers by how many whole frames of their stream
 * @param flip which get a bit turned over
 * @param bits which bit that is
 * @param delay from arrival to departure, at least
 */
record FaultPlan(
        Choice drop, Choice duplicate, Choice holdBack, int overtakers, Choice flip, Bits bits, Duration delay) {
    /**
     * The bits of these bytes, the next one for each frame.
     *
     * @param firstByte from the start of the IP header, negative for the Ethernet header's last bytes
     * @param bytes how many, at least 1
     */
    record Bits(int firstByte, int bytes) {
        Bits {
            if (bytes < 1) {
                throw new IllegalArgumentException("A bit lies in at least one byte.");
            }
        }

        int count() {
            return bytes * Byte.SIZE;
        }
    }

    private static final Choice NEVER = new Choice.None();

    /** Forwards everything at once. */
    static final FaultPlan NOTHING = new FaultPlan(NEVER, NEVER, NEVER, 1, NEVER, new Bits(0, 1), Duration.ZERO);

    FaultPlan {
        requireNonNull(drop, "drop is null");
        requireNonNull(duplicate, "duplicate is null");
        requireNonNull(holdBack, "holdBack is null");
        requireNonNull(flip, "flip is null");
        requireNonNull(bits, "bits is null");
        requireNonNull(delay, "delay is null");
        if (overtakers < 1) {
            throw new IllegalArgumentException("A frame that nothing overtakes is not held back.");
        }
    }

    FaultPlan dropping(Choice choice) {
        return new FaultPlan(choice, duplicate, holdBack, overtakers, flip, bits, delay);
    }

    FaultPlan duplicating(Choice choice) {
        return new FaultPlan(drop, choice, holdBack, overtakers, flip, bits, delay);
    }

    FaultPlan holdingBack(Choice choice, int by) {
        return new FaultPlan(drop, duplicate, choice, by, flip, bits, delay);
    }

    FaultPlan flipping(Choice choice, Bits which) {
        return new FaultPlan(drop, duplicate, holdBack, overtakers, choice, which, delay);
    }

    FaultPlan delaying(Duration time) {
        return new FaultPlan(drop, duplicate, holdBack, overtakers, flip, bits, time);
    }

    /** What happens to a frame. */
    Fault of(long number) {
        if (drop.includes(number)) {
            return Fault.DROP;
        }
        if (duplicate.includes(number)) {
            return Fault.DUPLICATE;
        }
        if (holdBack.includes(number)) {
            return Fault.HOLD_BACK;
        }
        return flip.includes(number) ? Fault.FLIP : Fault.NONE;
    }
}
