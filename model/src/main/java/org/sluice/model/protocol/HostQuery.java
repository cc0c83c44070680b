package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.UUID;
import org.sluice.model.ServerId;

/**
 * A question only the host can answer. Today there is one: the tail of a server's console.
 *
 * @param id names the question in the answer
 * @param server whose console
 * @param lines how many lines from the end; -1 for all that is kept
 * @param requestId the request that asks, {@code req-...}, for logs; empty where a controller does not say
 * @param globalRequestId what that request's client calls all that it does for one purpose; empty where it named nothing
 */
public record HostQuery(
        UUID id, ServerId server, int lines, Optional<String> requestId, Optional<String> globalRequestId) {
    /** How logs name it: its id, and the request that asks. */
    public String named() {
        return DesiredServer.named(id.toString(), requestId, globalRequestId);
    }

    /** The answer to the query of that id: the console's text. */
    public record Answer(UUID id, String text) {
        public Answer {
            requireNonNull(id, "id is null");
            requireNonNull(text, "text is null");
        }
    }
}
