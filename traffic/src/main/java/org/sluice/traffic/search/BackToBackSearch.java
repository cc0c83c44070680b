package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The back-to-back test of RFC 2544 section 26.4 as RFC 9004 updates it: the longest burst that a device takes without losing a frame,
 * by a binary search of its own in each repetition.
 *
 * <p>It says something about a device's buffer only where the throughput is below the maximum rate of the medium (RFC 9004 section
 * 6.1); otherwise every burst holds.
 *
 * <p>Immutable and thread-safe.
 *
 * @param minFrames shortest burst, at least 1
 * @param maxFrames longest burst, at least {@code minFrames}; RFC 9004 section 6.2 asks for up to 30 seconds at the maximum rate
 * @param resolution how exact an answer is, in frames, at least 1
 * @param repetitions how many answers are averaged, at least 1; 50 or more by RFC 2544
 * @param repeats how often a burst is repeated in which the tester was the limit, before it counts as beyond the tester; 0 or more
 */
public record BackToBackSearch(long minFrames, long maxFrames, long resolution, int repetitions, int repeats) {
    private static final int REPETITIONS = 50;
    private static final int REPEATS = 2;
    private static final double LONGEST_SECONDS = 30;

    /** Checks the ranges. */
    public BackToBackSearch {
        if (minFrames < 1 || maxFrames < minFrames) {
            throw new IllegalArgumentException("Bursts of " + minFrames + " to " + maxFrames
                    + " frames cannot be searched: use 1 or more, and a longest that is not shorter.");
        }
        if (resolution < 1) {
            throw new IllegalArgumentException("The resolution is " + resolution + " frames: use 1 or more.");
        }
        if (repetitions < 1) {
            throw new IllegalArgumentException("The test is done " + repetitions + " times: use 1 or more.");
        }
        if (repeats < 0) {
            throw new IllegalArgumentException("A burst cannot be repeated " + repeats + " times: use 0 or more.");
        }
    }

    /**
     * Bursts of up to 30 seconds, 50 repetitions, exact to the frame.
     *
     * @param maxFrameRate the most frames per second that the medium can carry at this frame size
     */
    public static BackToBackSearch rfc9004(double maxFrameRate) {
        Loads.requirePositive("maximum frame rate", maxFrameRate);
        return new BackToBackSearch(
                1, Math.max(1, Math.round(maxFrameRate * LONGEST_SECONDS)), 1, REPETITIONS, REPEATS);
    }

    /** The same with another longest burst. */
    public BackToBackSearch withMaxFrames(long frames) {
        return new BackToBackSearch(minFrames, frames, resolution, repetitions, repeats);
    }

    /** The same with another resolution. */
    public BackToBackSearch withResolution(long frames) {
        return new BackToBackSearch(minFrames, maxFrames, frames, repetitions, repeats);
    }

    /** The same with another number of repetitions. */
    public BackToBackSearch withRepetitions(int number) {
        return new BackToBackSearch(minFrames, maxFrames, resolution, number, repeats);
    }

    /**
     * Searches.
     *
     * @throws InterruptedException when a burst was interrupted; the listener has heard of those before
     */
    public BackToBackResult run(Bursts bursts, BurstState.Listener listener) throws InterruptedException {
        requireNonNull(bursts, "bursts is null");
        requireNonNull(listener, "listener is null");
        List<BackToBackResult.Repetition> done = new ArrayList<>();
        BurstSearch search = new BurstSearch(this, 1);
        for (int number = 1; number <= repetitions; number++) {
            search = number == 1 ? search : search.again(number);
            for (OptionalLong next = search.next(); next.isPresent(); next = search.next()) {
                search.measure(next.getAsLong(), bursts, listener);
            }
            done.add(search.answer());
        }
        listener.onBurst(search.state(0));
        return new BackToBackResult(done);
    }
}
