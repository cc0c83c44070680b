package org.sluice.controller.compute.migration;

import java.time.Instant;

/**
 * A server on its way to another host, or one that was.
 *
 * @param id grows with time; what it was called before microversion 2.59
 * @param type {@code migration} or {@code resize}
 * @param status {@code migrating}, {@code finished} until somebody decides, {@code confirmed}, {@code reverted} or {@code error}
 * @param source name of the host that it comes from
 * @param destination name of the host that it goes to
 * @param userId who asked for it
 * @param projectId for which project
 */
record Migration(
        long id,
        String uuid,
        String server,
        String type,
        String status,
        String source,
        String destination,
        String userId,
        String projectId,
        Instant createdAt,
        Instant updatedAt) {}
