package org.sluice.controller.compute.wire;

import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.model.Problem;
import tools.jackson.databind.node.ObjectNode;

/** Words failures as nova does: one member named after the kind of fault. */
public final class ComputeFaults implements Faults {
    /** The code of the problem that the listener raises for a path that no route has. */
    private static final String NO_SUCH_ROUTE = "NotFound";

    @Override
    public Reply render(Problem problem) {
        return switch (problem.kind()) {
            case BAD_REQUEST -> fault("badRequest", problem);
            case UNAUTHENTICATED -> unauthenticated(problem);
            case FORBIDDEN -> fault("forbidden", problem);
            case NOT_FOUND -> problem.code().equals(NO_SUCH_ROUTE) ? noSuchRoute() : fault("itemNotFound", problem);
            case METHOD_NOT_ALLOWED -> fault("badMethod", problem);
            case NOT_ACCEPTABLE, REQUEST_TIMEOUT, PRECONDITION_FAILED, URI_TOO_LONG, INTERNAL, INSUFFICIENT_STORAGE ->
                fault("computeFault", problem);
            case CONFLICT -> fault("conflictingRequest", problem);
            case TOO_LARGE, TOO_MANY_REQUESTS -> fault("overLimit", problem);
            case UNSUPPORTED_MEDIA_TYPE -> fault("badMediaType", problem);
            case NOT_IMPLEMENTED -> fault("notImplemented", problem);
            case UNAVAILABLE -> fault("serviceUnavailable", problem);
        };
    }

    private static Reply fault(String member, Problem problem) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.putObject(member).put("code", problem.kind().status()).put("message", problem.text());
        return Reply.json(problem.kind().status(), body);
    }

    private static Reply unauthenticated(Problem problem) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.putObject("error").put("code", 401).put("title", "Unauthorized").put("message", problem.text());
        return Reply.json(401, body);
    }

    private static Reply noSuchRoute() {
        return Reply.json(
                404,
                Json.MAPPER
                        .createObjectNode()
                        .put("message", "The resource could not be found.<br /><br />\n\n\n")
                        .put("code", "404 Not Found")
                        .put("title", "Not Found"));
    }
}
