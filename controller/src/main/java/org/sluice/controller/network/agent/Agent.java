package org.sluice.controller.network.agent;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.sluice.controller.http.view.RawJson;

/**
 * A host's agent.
 *
 * @param host the host's name
 * @param isEnabled whether the host takes new servers
 * @param description why it does not, if somebody said
 * @param enrolledAt when the host came to the cloud
 * @param heartbeat when it was heard of last
 * @param isAlive whether that is not too long ago ({@link org.sluice.model.AgentSilence})
 * @param configurations physical networks with their interfaces, and how many ports the host has
 */
record Agent(
        UUID id,
        String host,
        boolean isEnabled,
        Optional<String> description,
        Instant enrolledAt,
        Instant heartbeat,
        boolean isAlive,
        RawJson configurations) {}
