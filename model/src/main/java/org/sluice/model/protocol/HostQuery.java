package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import java.util.UUID;
import org.sluice.model.ServerId;

/**
 * A question only the host can answer. Today there is one: the tail of a server's console.
 *
 * @param id names the question in the answer
 * @param server whose console
 * @param lines how many lines from the end; -1 for all that is kept
 */
public record HostQuery(UUID id, ServerId server, int lines) {
    /** The answer to the query of that id: the console's text. */
    public record Answer(UUID id, String text) {
        public Answer {
            requireNonNull(id, "id is null");
            requireNonNull(text, "text is null");
        }
    }
}
