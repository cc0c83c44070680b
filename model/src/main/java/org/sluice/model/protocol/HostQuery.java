package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.sluice.model.ServerId;

/**
 * Asks a host for the tail of a server's console, which only it has. What drivers refused is asked with a {@link RefusalQuery}.
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

    /**
     * The answer to the query of that id.
     *
     * @param text the console's; empty for another question
     * @param refusals what a {@link RefusalQuery} asked for; empty for another question, and from agents that do not know it
     */
    public record Answer(UUID id, String text, List<DriverRefusal> refusals) {
        public Answer {
            requireNonNull(id, "id is null");
            requireNonNull(text, "text is null");
            refusals = List.copyOf(Objects.requireNonNullElse(refusals, List.of()));
        }

        /** A console's text. */
        public Answer(UUID id, String text) {
            this(id, text, List.of());
        }

        /** What drivers refused. */
        public Answer(UUID id, List<DriverRefusal> refusals) {
            this(id, "", refusals);
        }
    }
}
