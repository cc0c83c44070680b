package org.sluice.controller.network.wire;

import java.util.Map;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.model.Problem;

/** Failures as Neutron words them: {@code {"NeutronError": {type, message, detail}}}. Stateless. */
public final class NetworkFaults implements Faults {
    @Override
    public Reply render(Problem problem) {
        if (problem.kind() == Problem.Kind.UNAUTHENTICATED) {
            // The token is looked at before Neutron proper, by a filter with a body of its own.
            return Reply.json(
                    401, Map.of("error", Map.of("code", 401, "title", "Unauthorized", "message", problem.text())));
        }
        return Reply.json(
                problem.kind().status(),
                Map.of("NeutronError", Map.of("type", type(problem), "message", problem.text(), "detail", "")));
    }

    private static String type(Problem problem) {
        return switch (problem.code()) {
            // Codes of the edge that all families share.
            case "NotFound" -> "HTTPNotFound";
            case "MalformedRequestBody" -> "HTTPBadRequest";
            default -> problem.code();
        };
    }
}
