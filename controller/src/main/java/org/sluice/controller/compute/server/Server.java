package org.sluice.controller.compute.server;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.server.ServerState;
import org.sluice.model.AgentSilence;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.PowerState;

/**
 * A server with the host that holds its claim, as one query reads it.
 *
 * @param number makes its instance name
 * @param requestedZone what the user asked for: {@code zone} or {@code zone:host}
 * @param availabilityZone the zone it was placed in
 * @param host the host that holds its claim
 * @param power what its host says of its guest's power; empty before it says so
 * @param lock who keeps others from changing it, if anyone does
 * @param fault what went wrong with it last
 */
public record Server(
        ServerId id,
        long number,
        String projectId,
        String userId,
        String name,
        String hostname,
        @Nullable String description,
        ServerState state,
        Optional<PowerState> power,
        Optional<Lock> lock,
        ImageId image,
        String flavorId,
        String flavorName,
        int vcpus,
        int memoryMib,
        int diskGib,
        Map<String, String> extraSpecs,
        @Nullable String keyName,
        @Nullable String userData,
        boolean configDrive,
        DiskConfig diskConfig,
        Map<String, String> metadata,
        List<String> tags,
        @Nullable String requestedZone,
        @Nullable String availabilityZone,
        Optional<Host> host,
        String reservationId,
        int launchIndex,
        Optional<Fault> fault,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant launchedAt) {
    /** The host that holds a server's claim. */
    public record Host(
            HostId id,
            String name,
            boolean enabled,
            boolean forcedDown,
            @Nullable Instant lastSeenAt) {
        /** Whether its agent was heard lately, and no operator says that it is down all the same. */
        public boolean isUp(Instant now) {
            return !forcedDown && AgentSilence.isUp(Optional.ofNullable(lastSeenAt), now);
        }
    }

    /** Keeps everybody but operators from changing a server. */
    public record Lock(By by, @Nullable String reason) {
        /** Who took it, and may so take it off. */
        public enum By {
            /** Somebody of the server's project. */
            OWNER,
            /** An operator. */
            ADMIN
        }
    }

    /** What went wrong with a server: code, sentence, and what only operators see. */
    public record Fault(
            String code, String message, @Nullable String details, Instant at) {}

    public Server {
        extraSpecs = Map.copyOf(extraSpecs);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        tags = List.copyOf(tags);
    }

    /** The zone that the user asked for, without a host. */
    public @Nullable String pinnedZone() {
        String zone = requestedZone == null ? "" : requestedZone.split(":", 2)[0];
        return zone.isEmpty() ? null : zone;
    }
}
