package org.sluice.traffic.procedure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How the reset test resets the device.
 *
 * @param command what does it, run by {@code sh -c} three seconds after the first frame
 * @param duration how long frames are sent: the device must forward again by then
 */
public record ResetPlan(String command, Duration duration) {
    /** Of the frames before the reset. */
    static final Duration BEFORE = Duration.ofSeconds(3);

    /** At the end, when the command must be done. */
    private static final Duration AFTER = Duration.ofSeconds(2);

    private static final Duration SHORTEST = Duration.ofSeconds(10);

    /** Checks that there is time for a reset. */
    public ResetPlan {
        requireNonNull(command, "command is null");
        if (requireNonNull(duration, "duration is null").compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException("A reset test of " + Profile.seconds(duration) + " s is too short: use "
                    + Profile.seconds(SHORTEST) + " s or more.");
        }
    }

    /** How long the command may take. */
    Duration longestCommand() {
        return duration.minus(BEFORE).minus(AFTER);
    }
}
