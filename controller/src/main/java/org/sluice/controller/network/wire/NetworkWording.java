package org.sluice.controller.network.wire;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.sluice.controller.http.Ids;
import org.sluice.controller.http.Wording;
import org.sluice.controller.http.body.Complaint;
import org.sluice.controller.policy.Rule;
import org.sluice.model.Problem.Kind;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/** The edge's refusals as Neutron says them: those of its attribute maps, its policies, its lists. Stateless. */
public final class NetworkWording implements Wording {
    @Override
    public ProblemException forbidden(Rule rule) {
        return NetworkProblems.disallowed(rule.name());
    }

    @Override
    public ProblemException malformed(String reason) {
        return NetworkProblems.badRequest(reason);
    }

    @Override
    public ProblemException missing(String object, JsonNode value, String field) {
        return NetworkProblems.badRequest(
                object.equals("body")
                        ? "Unable to find '" + field + "' in request body"
                        : "Failed to parse request. Required attribute '" + field + "' not specified" + in(object));
    }

    /** Items of a list have its name, which is plural; a resource needs no mention. */
    private static String in(String object) {
        return object.endsWith("s") ? " in " + object : "";
    }

    @Override
    public ProblemException unknown(String object, JsonNode value, List<String> fields) {
        return NetworkProblems.badRequest("Unrecognized attribute(s) '" + String.join(", ", fields) + "'");
    }

    @Override
    public ProblemException invalid(String field, JsonNode value, Complaint complaint) {
        return NetworkProblems.badField(field, reason(shown(value), complaint));
    }

    private static String reason(String value, Complaint complaint) {
        return switch (complaint) {
            case Complaint.NotOfType of -> value + notOf(of.type());
            case Complaint.Null _ -> "it must not be null";
            case Complaint.TooShort shorter -> value + " has fewer than " + shorter.least() + " characters or items";
            case Complaint.TooLong longer -> value + " exceeds maximum length of " + longer.most();
            case Complaint.TooSmall small -> value + " is too small - must be at least '" + small.least() + "'";
            case Complaint.TooLarge large -> value + " is too large - must be no larger than '" + large.most() + "'";
            case Complaint.NotOneOf of -> value + " is not in ['" + String.join("', '", of.values()) + "']";
            case Complaint.NotAnId _ -> value + " is not a valid UUID";
            case Complaint.Repeated repeated -> "Duplicate items in the list: '" + repeated.item() + "'";
            case Complaint.NotText _ -> "it must not have NUL characters or unpaired surrogates";
            case Complaint.Because because -> because.reason();
        };
    }

    private static String notOf(String type) {
        return switch (type) {
            case "string" -> " is not a valid string";
            case "integer" -> " is not an integer";
            case "boolean" -> " cannot be converted to boolean";
            case "object" -> " is not a dictionary";
            case "array" -> " is not a list";
            default -> " is not of type " + type;
        };
    }

    private static String shown(JsonNode value) {
        return value.isNull() ? "'None'" : value.isString() ? "'" + value.stringValue() + "'" : "'" + value + "'";
    }

    @Override
    public ProblemException badAction(String sentence) {
        return NetworkProblems.badRequest(sentence);
    }

    @Override
    public ProblemException unknownFilter(String name) {
        return NetworkProblems.badRequest(
                "Invalid input for operation: '" + name + "' is an invalid attribute for filtering.");
    }

    @Override
    public ProblemException unknownParameter(String name) {
        return NetworkProblems.badRequest(
                "Invalid input for operation: '" + name + "' is not a query parameter of this resource.");
    }

    @Override
    public ProblemException badFilter(String name, String value, String expected) {
        return NetworkProblems.badRequest(
                "Invalid input for operation: '" + name + "' filters by " + expected + ", not by '" + value + "'.");
    }

    @Override
    public ProblemException unknownSortKey(String name, List<String> known) {
        return NetworkProblems.badRequest("'" + name + "' is an invalid attribute for sort key");
    }

    @Override
    public ProblemException badSortDirection(String text) {
        return NetworkProblems.badRequest("'" + text + "' is an invalid value for sort_dirs, use 'asc' or 'desc'");
    }

    @Override
    public ProblemException unpairedSort(String direction) {
        return NetworkProblems.badRequest("The number of sort_keys and sort_dirs must be same");
    }

    @Override
    public ProblemException badLimit(String text) {
        return NetworkProblems.badRequest(
                "Invalid input for operation: Limit must be an integer 0 or greater and not '" + text + "'.");
    }

    @Override
    public ProblemException unknownMarker(String plural, String marker) {
        return notAnId(marker)
                .orElseGet(() -> NetworkProblems.of(
                        Kind.NOT_FOUND, "HTTPNotFound", "The marker " + marker + " is none of the " + plural + "."));
    }

    /** What a list whose markers are ids says of one that names none. */
    public static Function<String, ProblemException> unknownMarker(Function<Object, ProblemException> notFound) {
        return marker -> notAnId(marker).orElseGet(() -> notFound.apply(marker));
    }

    private static Optional<ProblemException> notAnId(String marker) {
        return Ids.parse(marker).isPresent()
                ? Optional.empty()
                : Optional.of(NetworkProblems.badField("marker", "'" + marker + "' is not a valid UUID"));
    }
}
