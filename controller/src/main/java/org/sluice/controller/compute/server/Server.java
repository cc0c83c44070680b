package org.sluice.controller.compute.server;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;
import org.sluice.model.ServerStatus;

/**
 * A server with the host that holds its claim, as one query reads it.
 *
 * @param number makes its instance name
 * @param requestedZone what the user asked for: {@code zone} or {@code zone:host}
 * @param availabilityZone the zone it was placed in
 * @param host the host that holds its claim
 * @param deletion who asked for it to go, if anyone did
 * @param fault why it is in ERROR
 */
public record Server(
        ServerId id,
        long number,
        String projectId,
        String userId,
        String name,
        String hostname,
        @Nullable String description,
        ServerStatus status,
        @Nullable String taskState,
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
        String createRequestId,
        Optional<Deletion> deletion,
        Optional<Fault> fault,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant launchedAt) {
    /** The host that holds a server's claim. */
    public record Host(
            HostId id,
            String name,
            boolean enabled,
            @Nullable Instant lastSeenAt) {}

    /** The request that asked for a server to go. */
    public record Deletion(String requestId, String userId, Instant startedAt) {}

    /** Why a server is in ERROR: code, sentence, and what only operators see. */
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

    /** What the API calls its status: while it is being deleted it keeps the one it had. */
    public ServerStatus shownStatus() {
        return switch (status) {
            case BUILD, ACTIVE, ERROR -> status;
            case DELETING -> {
                if (fault.isPresent()) {
                    yield ServerStatus.ERROR;
                }
                yield launchedAt == null ? ServerStatus.BUILD : ServerStatus.ACTIVE;
            }
        };
    }
}
