package org.sluice.controller.identity;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.sluice.controller.policy.Caller;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Who may do what in the Identity API, and which values it takes. Pure. */
final class IdentityRules {
    static final int LONGEST_DESCRIPTION = 4_096;

    /** Keystone's bound. */
    private static final int LONGEST_PASSWORD = 4_096;

    private static final int MOST_TAGS = 80;
    private static final int LONGEST_TAG = 255;

    private IdentityRules() {}

    /** Refuses all but admins; {@code action} as OpenStack's policies name it, {@code identity:list_users}. */
    static void requireAdmin(Caller caller, String action) {
        requireAdminOr(false, caller, action);
    }

    /** Refuses callers who are neither admin nor concerned themselves. */
    static void requireAdminOr(boolean concerned, Caller caller, String action) {
        if (!concerned && !caller.isAdmin()) {
            throw Problem.of(
                            Problem.Kind.FORBIDDEN,
                            "ForbiddenAction",
                            "You are not authorized to perform the requested action: " + action + ".")
                    .asException();
        }
    }

    static ProblemException notFound(String what, String id) {
        return Problem.of(Problem.Kind.NOT_FOUND, "ResourceNotFound", "Could not find " + what + ": " + id + ".")
                .asException();
    }

    static ProblemException nameTaken(String what, String name) {
        return Problem.of(
                        Problem.Kind.CONFLICT,
                        "Conflict",
                        "Conflict occurred attempting to store " + what + " - Duplicate entry found with name " + name
                                + " at domain ID " + IdentityJson.DOMAIN_ID + ".")
                .asException();
    }

    /** A name of 1 to {@code longest} characters. */
    static String name(ObjectNode json, int longest) {
        String name = optionalText(json, "name").orElseThrow(() -> invalid("name", "is a required property"));
        if (name.isBlank()) {
            throw invalid("name", "must not be empty");
        }
        if (name.length() > longest) {
            throw invalid("name", "must have at most " + longest + " characters");
        }
        return name;
    }

    static Optional<String> optionalText(ObjectNode json, String field) {
        JsonNode value = json.get(field);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw invalid(field, "must be a text");
        }
        return Optional.of(value.asString());
    }

    static Optional<String> optionalText(ObjectNode json, String field, int longest) {
        Optional<String> text = optionalText(json, field);
        if (text.orElse("").length() > longest) {
            throw invalid(field, "must have at most " + longest + " characters");
        }
        return text;
    }

    /** A password to be set: 1 to {@link #LONGEST_PASSWORD} characters. */
    static Optional<String> password(ObjectNode json, String field) {
        Optional<String> password = optionalText(json, field, LONGEST_PASSWORD);
        if (password.isPresent() && password.get().isEmpty()) {
            throw invalid(field, "must not be empty");
        }
        return password;
    }

    static Optional<Boolean> optionalFlag(ObjectNode json, String field) {
        JsonNode value = json.get(field);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isBoolean()) {
            throw invalid(field, "must be true or false");
        }
        return Optional.of(value.asBoolean());
    }

    /** The bounds are Keystone's. */
    static List<String> tags(ObjectNode json) {
        if (!(json.get("tags") instanceof ArrayNode list) || list.size() > MOST_TAGS) {
            throw invalid("tags", "must be a list of at most " + MOST_TAGS + " texts");
        }
        List<String> tags = list.valueStream()
                .map(tag -> tag.isString() ? tag.asString() : "")
                .toList();
        for (String tag : tags) {
            if (tag.isEmpty() || tag.length() > LONGEST_TAG || tag.contains(",") || tag.contains("/")) {
                throw invalid(
                        "tags", "must be a list of texts of 1 to " + LONGEST_TAG + " characters without ',' and '/'");
            }
        }
        return tags;
    }

    /** Refuses members that would be forgotten: what is not kept is not taken. */
    static void requireKnown(ObjectNode json, String what, Set<String> known) {
        for (String member : json.propertyNames()) {
            if (!known.contains(member)) {
                throw invalid(
                        member,
                        "is not kept for a " + what + "; known are "
                                + known.stream().sorted().collect(Collectors.joining(", ")));
            }
        }
    }

    /** Refuses resource options, of which none is offered; clients send an empty object all the same. */
    static void requireNoOptions(ObjectNode json) {
        JsonNode options = json.get("options");
        if (options != null && !options.isNull() && !(options instanceof ObjectNode object && object.isEmpty())) {
            throw invalid("options", "must be empty: no resource options are offered");
        }
    }

    /** Refuses what would have to live in another domain than the one there is. */
    static void requireDefaultDomain(ObjectNode json) {
        optionalText(json, "domain_id")
                .filter(id -> !id.equals(IdentityJson.DOMAIN_ID))
                .ifPresent(id -> {
                    throw notFound("domain", id);
                });
        if (optionalFlag(json, "is_domain").orElse(false)) {
            throw invalid("is_domain", "must be false: there is one domain, and no more can be made");
        }
    }

    static ProblemException invalid(String field, String why) {
        return Problem.of(
                        Problem.Kind.BAD_REQUEST,
                        "ValidationError",
                        "Invalid input for field '" + field + "': it " + why + ".")
                .asException();
    }
}
