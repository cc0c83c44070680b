package org.sluice.controller.compute;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.sluice.model.HostId;

/**
 * A host as operators see it: what its agent reported, what is claimed, and what the operator said.
 *
 * @param id its identity; from 2.53 on also the id of its hypervisor and of its service
 * @param number its number, the id before 2.53
 * @param zone its availability zone, {@code nova} without one
 * @param address where its agent last called from; null before it did
 * @param servers how many servers hold a claim on it
 */
record HostRow(
        HostId id,
        int number,
        String name,
        String zone,
        boolean enabled,
        @Nullable String disabledReason,
        Instant updatedAt,
        @Nullable Instant lastSeenAt,
        @Nullable String address,
        String hypervisorType,
        int hypervisorVersion,
        String cpuArchitecture,
        int vcpus,
        int vcpusUsed,
        int memoryMib,
        int memoryMibUsed,
        int diskGib,
        int diskGibUsed,
        int servers) {
    /** The zone of hosts that no aggregate puts into one. */
    static final String DEFAULT_ZONE = "nova";

    /** An agent asks for news every 20 s; after three missed times the host counts as down, as in nova. */
    static final Duration DOWN_AFTER = Duration.ofSeconds(60);

    /** Whether the agent was heard lately. */
    boolean isUp(Instant now) {
        return lastSeenAt != null && !lastSeenAt.isBefore(now.minus(DOWN_AFTER));
    }

    String state(Instant now) {
        return isUp(now) ? "up" : "down";
    }

    String status() {
        return enabled ? "enabled" : "disabled";
    }
}
