package org.sluice.controller.compute.host;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.model.AgentSilence;
import org.sluice.model.HostId;

/**
 * A host as operators see it: what its agent reported, what is claimed, and what the operator said.
 *
 * @param id its identity; from 2.53 on also the id of its hypervisor and of its service
 * @param number its number, the id before 2.53
 * @param forcedDown whether an operator says that it is down, whatever its agent says
 * @param zone its availability zone, {@code nova} without one
 * @param address where its agent last called from; null before it did
 * @param servers how many servers hold a claim on it
 */
public record HostRow(
        HostId id,
        int number,
        String name,
        String zone,
        boolean enabled,
        boolean forcedDown,
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
    /** What nova calls the program on a host that runs its servers. */
    public static final String BINARY = "nova-compute";

    /** The zone of hosts that no aggregate puts into one. */
    public static final String DEFAULT_ZONE = "nova";

    /** The id of its hypervisor and its service: from 2.53 on a UUID, before a number. */
    public Object shownId(boolean asUuid) {
        return asUuid ? id.value() : number;
    }

    /** Whether the agent was heard lately, and nobody says that it is down all the same. */
    public boolean isUp(Instant now) {
        return !forcedDown && AgentSilence.isUp(Optional.ofNullable(lastSeenAt), now);
    }

    /** {@code up} or {@code down}. */
    public String state(Instant now) {
        return isUp(now) ? "up" : "down";
    }

    /** {@code enabled} or {@code disabled}. */
    public String status() {
        return enabled ? "enabled" : "disabled";
    }
}
