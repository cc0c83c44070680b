package org.sluice.agent.disk;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What of the file system below the agent's folder is not for disks of servers.
 *
 * @param reserved left to the host itself, bytes; empty for a tenth of the file system
 * @param imageCache most that images take which no disk needs, bytes; empty for a tenth of the file system
 */
public record DiskLimits(Optional<Long> reserved, Optional<Long> imageCache) {
    /** A tenth of the file system each. */
    public static final DiskLimits DEFAULT = new DiskLimits(Optional.empty(), Optional.empty());

    private static final int PARTS = 10;

    public DiskLimits {
        requireNonNull(reserved, "reserved is null");
        requireNonNull(imageCache, "imageCache is null");
    }

    /** Most that cached images may take on a file system of that size, bytes. */
    long imageCache(long total) {
        return imageCache.orElse(total / PARTS);
    }

    /** Room for disks of servers on a file system of that size, bytes. What they take of it now does not count. */
    long forServers(long total) {
        return Math.max(0, total - reserved.orElse(total / PARTS) - imageCache(total));
    }
}
