package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Asks a host what its drivers refused, or tells it to forget that. Answered by a {@link HostQuery.Answer}: with what is known, or
 * with what was forgotten. Told twice it forgets nothing more.
 *
 * @param id names the question in the answer
 * @param forgets whether they are to be forgotten
 * @param card of which kind of card ({@link DriverRefusal#key}); empty for all
 * @param requestId the request that asks, {@code req-...}, for logs
 * @param globalRequestId what that request's client calls all that it does for one purpose; empty where it named nothing
 */
public record RefusalQuery(
        UUID id, boolean forgets, Optional<String> card, Optional<String> requestId, Optional<String> globalRequestId) {
    public RefusalQuery {
        requireNonNull(id, "id is null");
        card = Objects.requireNonNullElse(card, Optional.empty());
        requestId = Objects.requireNonNullElse(requestId, Optional.empty());
        globalRequestId = Objects.requireNonNullElse(globalRequestId, Optional.empty());
    }

    /** How logs name it: its id, and the request that asks. */
    public String named() {
        return DesiredServer.named(id.toString(), requestId, globalRequestId);
    }
}
