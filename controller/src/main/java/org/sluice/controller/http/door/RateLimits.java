package org.sluice.controller.http.door;

import static java.util.Objects.requireNonNull;

/**
 * How often requests may come. A rate that is used up answers 429 with {@code Retry-After}.
 *
 * @param perAddress every request of one IPv4 address or IPv6 /64, whether it is known or not
 * @param failedLogIns of one address: anonymous requests that were refused for what they showed; those that succeed are free
 * @param perCaller every request of one user in one project
 */
public record RateLimits(Rate perAddress, Rate failedLogIns, Rate perCaller) {
    /** Far above what eight busy clients of one machine reach, and far below what would starve the others for long. */
    public static final RateLimits DEFAULT =
            new RateLimits(new Rate(4000, 20_000), new Rate(20, 100), new Rate(2000, 10_000));

    /** For listeners whose callers show certificates of our own authority, many of them from one address. */
    public static final RateLimits FOR_AGENTS =
            new RateLimits(new Rate(20_000, 100_000), new Rate(20, 100), new Rate(20_000, 100_000));

    /**
     * A rate.
     *
     * @param perSecond how many come back each second; at least 1
     * @param burst how many may come at once; at least 1
     */
    public record Rate(int perSecond, int burst) {
        public Rate {
            if (perSecond < 1 || burst < 1) {
                throw new IllegalArgumentException("a rate must be at least 1 a second with a burst of at least 1");
            }
        }
    }

    public RateLimits {
        requireNonNull(perAddress, "perAddress is null");
        requireNonNull(failedLogIns, "failedLogIns is null");
        requireNonNull(perCaller, "perCaller is null");
    }
}
