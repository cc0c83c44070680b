package org.sluice.traffic.trial;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What the tester itself costs on this machine, measured right before or after a pattern: no figure below it says anything about a
 * device. Times in nanoseconds.
 *
 * @param spinGaps how long a pinned thread that only reads the clock was kept from running; its samples are gaps over 1 µs
 * @param clockCost mean cost of reading the clock
 * @param lateness of a paced sender at the loop's rate; all zero where no such loop can be made
 * @param loopFramesPerSecond the rate of the loop; zero where no such loop can be made
 * @param loop latency of a generator-to-receiver loop without a device under test; absent where no such loop can be made
 * @param loopLost frames that the loop lost, 0 on a sound machine
 */
public record Floor(
        Lateness spinGaps,
        double clockCost,
        Lateness lateness,
        double loopFramesPerSecond,
        Optional<Latency> loop,
        long loopLost) {
    /** Checks for null, and that what is a number is one. */
    public Floor {
        requireNonNull(spinGaps, "spinGaps is null");
        requireNonNull(lateness, "lateness is null");
        requireNonNull(loop, "loop is null");
        if (!Double.isFinite(clockCost) || !Double.isFinite(loopFramesPerSecond)) {
            throw new IllegalArgumentException("A floor's clock cost and rate are numbers; " + clockCost + " and "
                    + loopFramesPerSecond + " are not.");
        }
    }

    /** Whether a loop without a device under test could be made, which takes the right to make network namespaces. */
    public boolean hasLoop() {
        return loopFramesPerSecond > 0;
    }
}
