package org.sluice.controller.image.wire;

import java.util.List;
import org.sluice.controller.http.SluiceWording;
import org.sluice.controller.http.Wording;
import org.sluice.controller.http.body.Complaint;
import org.sluice.controller.policy.Rule;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/** The edge's refusals as Glance says them. Stateless. */
public final class ImageWording implements Wording {
    @Override
    public ProblemException forbidden(Rule rule) {
        return Problem.of(
                        Problem.Kind.FORBIDDEN,
                        "Forbidden",
                        "You are not authorized to complete " + rule.name() + " action.")
                .asException();
    }

    @Override
    public ProblemException malformed(String reason) {
        return bad("MalformedRequestBody", reason);
    }

    @Override
    public ProblemException missing(String object, JsonNode value, String field) {
        return schema("'" + field + "' is a required property");
    }

    @Override
    public ProblemException unknown(String object, JsonNode value, List<String> fields) {
        return schema("'" + String.join("', '", fields) + "' cannot be set");
    }

    @Override
    public ProblemException invalid(String field, JsonNode value, Complaint complaint) {
        return schema("'" + field + "' " + SluiceWording.phrase(complaint));
    }

    @Override
    public ProblemException badAction(String sentence) {
        return bad("BadRequest", sentence);
    }

    @Override
    public ProblemException unknownFilter(String name) {
        return parameter(name, "is not known");
    }

    @Override
    public ProblemException badFilter(String name, String value, String expected) {
        return parameter(name, "must be " + expected + ", not '" + value + "'");
    }

    @Override
    public ProblemException unknownSortKey(String name, List<String> known) {
        return parameter("sort_key", "cannot be '" + name + "', but one of " + String.join(", ", known));
    }

    @Override
    public ProblemException badSortDirection(String text) {
        return parameter("sort_dir", "must be asc or desc, one for each key, not '" + text + "'");
    }

    @Override
    public ProblemException badLimit(String text) {
        return badFilter("limit", text, "a whole number of at least 0");
    }

    @Override
    public ProblemException unknownMarker(String plural, String marker) {
        return parameter("marker", "names no image of this list");
    }

    private static ProblemException schema(String complaint) {
        return bad("InvalidValue", "Provided object does not match schema 'image': " + complaint + ".");
    }

    private static ProblemException parameter(String name, String complaint) {
        return bad("InvalidParameter", "The query parameter '" + name + "' " + complaint + ".");
    }

    private static ProblemException bad(String code, String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, code, sentence).asException();
    }
}
