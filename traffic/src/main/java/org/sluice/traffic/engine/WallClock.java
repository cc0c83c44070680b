package org.sluice.traffic.engine;

import org.sluice.linux.thread.KernelClock;

/**
 * By how much the wall clock, from which the kernel stamps arrivals, is ahead of {@link System#nanoTime}, from which frames are
 * stamped at sending. Both run at the same rate, also while NTP slews them; only setting the clock changes the lead.
 */
final class WallClock {
    private static final int SAMPLES = 64;

    private final KernelClock clock = KernelClock.wall();

    /** The lead now, in nanoseconds; right to a few ten. For one thread. */
    long lead() {
        long best = Long.MAX_VALUE;
        long lead = 0;
        for (int i = 0; i < SAMPLES; i++) {
            long before = System.nanoTime();
            long wall = clock.read();
            long after = System.nanoTime();
            // The reading that took least time was interrupted least.
            if (after - before < best) {
                best = after - before;
                lead = wall - (before + (after - before) / 2);
            }
        }
        return lead;
    }
}
