package org.sluice.controller.agents;

import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Json;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.core.JacksonException;

/**
 * Reads what agents send: one record of {@code org.sluice.model.protocol}, whose form the record itself decides. Members that
 * are not known are passed over, since an agent may be newer than its controller. Stateless.
 */
final class ProtocolBody {
    private ProtocolBody() {}

    /**
     * The entity as that record.
     *
     * @throws ProblemException 400 when it is none
     */
    static <T> T read(Exchange exchange, Class<T> type) {
        @Nullable T read;
        try {
            read = Json.MAPPER.readValue(exchange.bodyBytes(), type);
        } catch (JacksonException cause) {
            throw new ProblemException(malformed(type), cause);
        }
        if (read == null) {
            throw malformed(type).asException();
        }
        return read;
    }

    private static Problem malformed(Class<?> type) {
        return Problem.of(
                Problem.Kind.BAD_REQUEST,
                "MalformedRequestBody",
                "The request body is not a valid " + type.getSimpleName() + ".");
    }
}
