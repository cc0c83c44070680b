package org.sluice.controller.identity;

import java.util.Optional;
import org.sluice.controller.http.Caller;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Who may do what in the Identity API, and which values it takes. Pure. */
final class IdentityRules {
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

    static boolean flag(ObjectNode json, String field, boolean unsaid) {
        JsonNode value = json.get(field);
        if (value == null || value.isNull()) {
            return unsaid;
        }
        if (!value.isBoolean()) {
            throw invalid(field, "must be true or false");
        }
        return value.asBoolean();
    }

    /** Refuses what would have to live in another domain than the one there is. */
    static void requireDefaultDomain(ObjectNode json) {
        optionalText(json, "domain_id")
                .filter(id -> !id.equals(IdentityJson.DOMAIN_ID))
                .ifPresent(id -> {
                    throw notFound("domain", id);
                });
        if (flag(json, "is_domain", false)) {
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
