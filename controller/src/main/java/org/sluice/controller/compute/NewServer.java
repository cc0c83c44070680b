package org.sluice.controller.compute;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;

/** A server row as it is inserted: in BUILD, without a host. */
record NewServer(
        ServerId id,
        String projectId,
        String userId,
        String name,
        String hostname,
        @Nullable String description,
        ImageId image,
        Flavor flavor,
        Map<String, String> imageFacts,
        @Nullable KeyPair key,
        @Nullable String userData,
        boolean configDrive,
        Map<String, String> metadata,
        List<String> tags,
        @Nullable String requestedZone,
        String reservationId,
        int launchIndex,
        String requestId,
        Instant createdAt) {}
