package org.sluice.traffic.search;

/**
 * Sends one burst of frames with the smallest gaps the medium allows and counts what comes back: a trial of RFC 2544 section 26.4 as
 * RFC 9004 section 6.2 has it. A search calls it from its own thread only, one burst after the other.
 */
@FunctionalInterface
public interface Bursts {
    /**
     * Sends one burst to an idle device and waits until the device has emptied its buffer: two seconds at least.
     *
     * @param frames how many frames, at least 1; always within the search's limits
     * @throws InterruptedException when the thread was interrupted; the search ends with it
     */
    BurstOutcome measure(long frames) throws InterruptedException;
}
