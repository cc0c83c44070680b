package org.sluice.controller.http;

import java.util.List;
import org.sluice.controller.http.body.Complaint;
import org.sluice.controller.policy.Rule;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/** Refusals in Sluice's own words, for the APIs that are Sluice's own. Stateless. */
public final class SluiceWording implements Wording {
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
        return bad("MalformedRequestBody", reason);
    }

    @Override
    public ProblemException missing(String object, JsonNode value, String field) {
        return bad("MissingField", "The field '" + field + "' of " + object + " is required.");
    }

    @Override
    public ProblemException unknown(String object, JsonNode value, List<String> fields) {
        return bad(
                "UnknownField",
                "The field" + (fields.size() == 1 ? " '" : "s '") + String.join("', '", fields) + "' of " + object
                        + (fields.size() == 1 ? " is" : " are") + " not known.");
    }

    @Override
    public ProblemException invalid(String field, JsonNode value, Complaint complaint) {
        return bad("InvalidField", "The field '" + field + "' " + phrase(complaint) + ".");
    }

    @Override
    public ProblemException badAction(String sentence) {
        return bad("NoSuchAction", sentence);
    }

    @Override
    public ProblemException unknownFilter(String name) {
        return bad("UnknownParameter", "The query parameter '" + name + "' is not known.");
    }

    @Override
    public ProblemException badFilter(String name, String value, String expected) {
        return bad(
                "InvalidParameter",
                "The query parameter '" + name + "' must be " + expected + ", not '" + value + "'.");
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
        return bad(
                "MarkerNotFound",
                "The marker '" + marker + "' names none of the " + plural + "; begin again without it.");
    }

    /** The rest of a sentence that began with the field, in plain words. */
    public static String phrase(Complaint complaint) {
        return switch (complaint) {
            case Complaint.NotOfType of -> "must be " + (of.type().matches("[aeio].*") ? "an " : "a ") + of.type();
            case Complaint.Null _ -> "must not be null";
            case Complaint.TooShort shorter -> "must have at least " + shorter.least() + " characters or items";
            case Complaint.TooLong longer -> "must have at most " + longer.most() + " characters or items";
            case Complaint.TooSmall small -> "must be at least " + small.least();
            case Complaint.TooLarge large -> "must be at most " + large.most();
            case Complaint.NotOneOf of -> "must be one of " + String.join(", ", of.values());
            case Complaint.NotAnId _ -> "must be a UUID";
            case Complaint.Repeated repeated -> "has '" + repeated.item() + "' twice";
            case Complaint.NotText _ -> "must not have NUL characters or unpaired surrogates";
            case Complaint.Because because -> because.reason();
        };
    }

    private static ProblemException bad(String code, String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, code, sentence).asException();
    }
}
