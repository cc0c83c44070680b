package org.sluice.controller.compute.aggregate;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A named set of hosts; one with an availability zone puts its hosts into that zone.
 *
 * @param id number in the API
 * @param uuid shown from 2.41 on
 * @param name unique
 * @param zone the availability zone, if it makes one
 * @param metadata further key-value pairs, without the zone
 * @param hosts names of its hosts, sorted
 */
record Aggregate(
        int id,
        UUID uuid,
        String name,
        @Nullable String zone,
        Map<String, String> metadata,
        List<String> hosts,
        Instant createdAt,
        @Nullable Instant updatedAt) {
    Aggregate {
        metadata = Map.copyOf(metadata);
        hosts = List.copyOf(hosts);
    }
}
