package org.sluice.controller.identity.wire;

import java.util.List;
import org.sluice.controller.http.SluiceWording;
import org.sluice.controller.http.Wording;
import org.sluice.controller.http.body.Complaint;
import org.sluice.controller.policy.Rule;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/** The edge's refusals as Keystone says them; values are not repeated, because some are passwords. Stateless. */
public final class IdentityWording implements Wording {
    @Override
    public ProblemException forbidden(Rule rule) {
        return Problem.of(
                        Problem.Kind.FORBIDDEN,
                        "ForbiddenAction",
                        "You are not authorized to perform the requested action: " + rule.name() + ".")
                .asException();
    }

    @Override
    public ProblemException malformed(String reason) {
        return bad(reason + " The server could not comply with the request since it is either malformed or otherwise"
                + " incorrect. The client is assumed to be in error.");
    }

    @Override
    public ProblemException missing(String object, JsonNode value, String field) {
        return expected(field, object);
    }

    @Override
    public ProblemException unknown(String object, JsonNode value, List<String> fields) {
        return bad("Invalid input for field '" + object + "': Additional properties are not allowed ('"
                + String.join("', '", fields) + (fields.size() == 1 ? "' was" : "' were") + " unexpected).");
    }

    @Override
    public ProblemException invalid(String field, JsonNode value, Complaint complaint) {
        return bad("Invalid input for field '" + field + "': it " + SluiceWording.phrase(complaint) + ".");
    }

    @Override
    public ProblemException badAction(String sentence) {
        return bad(sentence);
    }

    @Override
    public ProblemException unknownFilter(String name) {
        return bad("Invalid input for query parameters: '" + name + "' is not known for this list.");
    }

    @Override
    public ProblemException unknownParameter(String name) {
        return bad("Invalid input for query parameters: '" + name + "' is not known here.");
    }

    @Override
    public ProblemException badFilter(String name, String value, String expected) {
        return bad("Invalid input for query parameter '" + name + "': it must be " + expected + ".");
    }

    @Override
    public ProblemException unknownSortKey(String name, List<String> known) {
        return badFilter("sort_key", name, "one of " + String.join(", ", known));
    }

    @Override
    public ProblemException badSortDirection(String text) {
        return badFilter("sort_dir", text, "asc or desc, one for each key");
    }

    @Override
    public ProblemException badLimit(String text) {
        return badFilter("limit", text, "a whole number of at least 0");
    }

    @Override
    public ProblemException unknownMarker(String plural, String marker) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "MarkerNotFound", "Marker could not be found: " + marker + ".")
                .asException();
    }

    /** 400: a member is missing, in Keystone's words. */
    private static ProblemException expected(String field, String object) {
        return bad("Expecting to find " + field + " in " + object
                + ". The server could not comply with the request since it is either malformed or otherwise incorrect."
                + " The client is assumed to be in error.");
    }

    private static ProblemException bad(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "ValidationError", sentence).asException();
    }
}
