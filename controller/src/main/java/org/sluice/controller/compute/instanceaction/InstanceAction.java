package org.sluice.controller.compute.instanceaction;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that was asked of a server.
 *
 * @param id grows with time
 * @param finishedAt empty while it is under way
 * @param failure why it did not come to its end
 */
record InstanceAction(
        long id,
        String server,
        String action,
        String requestId,
        String userId,
        String projectId,
        Instant startedAt,
        Optional<Instant> finishedAt,
        Optional<String> failure) {}
