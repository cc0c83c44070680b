package org.sluice.controller.compute.wire;

import java.util.List;
import org.sluice.controller.http.Wording;
import org.sluice.controller.http.body.Complaint;
import org.sluice.controller.policy.Rule;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/** The edge's refusals as nova says them: those of its JSON schemas, its policies, its lists. Stateless. */
public final class ComputeWording implements Wording {
    @Override
    public ProblemException forbidden(Rule rule) {
        return Problem.of(
                        Problem.Kind.FORBIDDEN,
                        "PolicyNotAuthorized",
                        "Policy doesn't allow " + rule.name() + " to be performed.")
                .asException();
    }

    @Override
    public ProblemException malformed(String reason) {
        return Problems.badRequest("MalformedRequestBody", reason);
    }

    @Override
    public ProblemException missing(String object, JsonNode value, String field) {
        return schema(object, value, "'" + field + "' is a required property");
    }

    @Override
    public ProblemException unknown(String object, JsonNode value, List<String> fields) {
        String quoted = "'" + String.join("', '", fields) + "'";
        return schema(
                object,
                value,
                "Additional properties are not allowed (" + quoted + (fields.size() == 1 ? " was" : " were")
                        + " unexpected)");
    }

    @Override
    public ProblemException invalid(String field, JsonNode value, Complaint complaint) {
        return schema(field, value, reason(value, complaint));
    }

    private static String reason(JsonNode value, Complaint complaint) {
        return switch (complaint) {
            case Complaint.NotOfType of -> PythonText.quoted(value) + " is not of type '" + of.type() + "'";
            case Complaint.Null _ -> "it must not be null";
            case Complaint.TooShort _ -> PythonText.quoted(value) + " is too short";
            case Complaint.TooLong _ -> PythonText.quoted(value) + " is too long";
            case Complaint.TooSmall small -> PythonText.plain(value) + " is less than the minimum of " + small.least();
            case Complaint.TooLarge large ->
                PythonText.plain(value) + " is greater than the maximum of " + large.most();
            case Complaint.NotOneOf of ->
                PythonText.quoted(value) + " is not one of ['" + String.join("', '", of.values()) + "']";
            case Complaint.NotAnId _ -> PythonText.quoted(value) + " is not a 'uuid'";
            case Complaint.Repeated repeated -> "it has '" + repeated.item() + "' twice";
            case Complaint.NotText _ -> "it must not have NUL characters or unpaired surrogates";
            case Complaint.Because because -> because.reason();
        };
    }

    @Override
    public ProblemException badAction(String sentence) {
        return Problems.badRequest("NoSuchAction", sentence);
    }

    @Override
    public ProblemException unknownFilter(String name) {
        return Problems.badRequest(
                "ValidationError",
                "Invalid input for query parameters " + name + ". Additional properties are not allowed ('" + name
                        + "' was unexpected)");
    }

    @Override
    public ProblemException badFilter(String name, String value, String expected) {
        return Problems.badRequest(
                "InvalidInput",
                "Invalid input for query parameters " + name + ". Value: " + value + ". It must be " + expected + ".");
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
        return badFilter("limit", text, "an integer of at least 0");
    }

    @Override
    public ProblemException unknownMarker(String plural, String marker) {
        return Problems.badRequest("MarkerNotFound", "marker [" + marker + "] not found");
    }

    private static ProblemException schema(String field, JsonNode value, String reason) {
        return Problems.badRequest(
                "ValidationError",
                "Invalid input for field/attribute " + field + ". Value: " + PythonText.plain(value) + ". " + reason);
    }
}
