package org.sluice.controller.compute.server;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.compute.flavor.Flavor;
import org.sluice.controller.compute.keypair.KeyPair;
import org.sluice.model.ImageId;
import org.sluice.model.ServerId;

/**
 * A server row as it is inserted: in BUILD, without a host.
 *
 * @param diskGib root disk to be claimed, GiB; the flavor's, or the image's size when the flavor says 0
 */
public record NewServer(
        ServerId id,
        String projectId,
        String userId,
        String name,
        String hostname,
        @Nullable String description,
        ImageId image,
        Flavor flavor,
        int diskGib,
        Map<String, String> imageFacts,
        @Nullable KeyPair key,
        @Nullable String userData,
        boolean configDrive,
        DiskConfig diskConfig,
        Map<String, String> metadata,
        List<String> tags,
        @Nullable String requestedZone,
        String reservationId,
        int launchIndex,
        String requestId,
        Instant createdAt) {}
