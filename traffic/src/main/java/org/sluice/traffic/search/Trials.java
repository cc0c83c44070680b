package org.sluice.traffic.search;

import java.time.Duration;

/**
 * Measures the share of frames lost at one load: the Measurer of RFC 9971 section 4.9.1, doing one trial of RFC 2544 section 23
 * at each call. A search calls it from its own thread only, one trial after the other.
 */
@FunctionalInterface
public interface Trials {
    /**
     * Does one trial.
     *
     * @param framesPerSecond the intended load; always within the search's limits
     * @param duration how long to send, without the pauses before and after
     * @return what it found, with the load and the duration that were asked for, however well the tester kept to them
     * @throws InterruptedException when the thread was interrupted; the search ends with it
     */
    Outcome measure(double framesPerSecond, Duration duration) throws InterruptedException;
}
