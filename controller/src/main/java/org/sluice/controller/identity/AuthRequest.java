package org.sluice.controller.identity;

import java.util.Optional;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request for a token, read from {@code {"auth": {"identity": ..., "scope": ...}}}.
 *
 * @param proof how the user proves who it is
 * @param scope what the token shall be good for
 */
record AuthRequest(Proof proof, Scope scope) {
    /** How the user proves who it is. */
    sealed interface Proof {
        /** A user, by id or by name in the default domain, and the password. */
        record ByPassword(Reference user, String password) implements Proof {}

        /** A token issued before. */
        record ByToken(String token) implements Proof {}
    }

    /** What the token shall be good for. */
    sealed interface Scope {
        /** The request names none: the user's default project, or nothing when the user has none. */
        record Unsaid() implements Scope {}

        /** Explicitly nothing. */
        record Unscoped() implements Scope {}

        /** A project. */
        record ToProject(Reference project) implements Scope {}

        /** A domain, the system or a trust: nobody has a role there. */
        record Elsewhere() implements Scope {}
    }

    /** A user or project, by id or by name. */
    sealed interface Reference {
        /** 32 hexadecimal digits. */
        record ById(String id) implements Reference {}

        /** Name, and whether the domain that goes with it is the one we have. */
        record ByName(String name, boolean inDefaultDomain) implements Reference {}
    }

    /**
     * Reads the body.
     *
     * @throws ProblemException 400 naming the member that is missing or wrong; 401 for methods we do not have
     */
    static AuthRequest parse(ObjectNode body) {
        ObjectNode auth = member(body, "auth", "the request body");
        ObjectNode identity = member(auth, "identity", "auth");
        if (!(identity.get("methods") instanceof ArrayNode methods) || methods.isEmpty()) {
            throw missing("methods", "identity");
        }
        // Several methods mean several factors; we have no second one to check.
        if (methods.size() > 1) {
            throw Tokens.unauthenticated(new IllegalArgumentException("more than one authentication method"));
        }
        Proof proof = switch (methods.get(0).asString("")) {
            case "password" -> password(member(identity, "password", "identity"));
            case "token" -> new Proof.ByToken(text(member(identity, "token", "identity"), "id", "token"));
            default ->
                throw Tokens.unauthenticated(
                        new IllegalArgumentException("unsupported authentication method " + methods.get(0)));
        };
        return new AuthRequest(proof, scope(auth.get("scope")));
    }

    private static Proof password(ObjectNode json) {
        ObjectNode user = member(json, "user", "password");
        return new Proof.ByPassword(reference(user, "user"), text(user, "password", "user"));
    }

    private static Scope scope(@org.jspecify.annotations.Nullable JsonNode json) {
        if (json == null || json.isNull()) {
            return new Scope.Unsaid();
        }
        if (json.isString() && json.asString().equals("unscoped")) {
            return new Scope.Unscoped();
        }
        if (!(json instanceof ObjectNode scope)) {
            throw malformed("Invalid input for field 'scope': it must be an object or the text 'unscoped'.");
        }
        if (scope.has("unscoped")) {
            return new Scope.Unscoped();
        }
        if (scope.has("project")) {
            return new Scope.ToProject(reference(member(scope, "project", "scope"), "project"));
        }
        return new Scope.Elsewhere();
    }

    private static Reference reference(ObjectNode json, String what) {
        if (json.has("id")) {
            return new Reference.ById(text(json, "id", what));
        }
        String name = text(json, "name", what);
        ObjectNode domain = member(json, "domain", what);
        boolean ours = domain.has("id")
                ? text(domain, "id", "domain").equals(IdentityJson.DOMAIN_ID)
                : text(domain, "name", "domain").equals(IdentityJson.DOMAIN_NAME);
        return new Reference.ByName(name, ours);
    }

    private static ObjectNode member(ObjectNode parent, String name, String where) {
        if (parent.get(name) instanceof ObjectNode object) {
            return object;
        }
        throw missing(name, where);
    }

    private static String text(ObjectNode parent, String name, String where) {
        return Optional.ofNullable(parent.get(name))
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .orElseThrow(() -> missing(name, where));
    }

    private static ProblemException missing(String name, String where) {
        return malformed("Expecting to find " + name + " in " + where
                + ". The server could not comply with the request since it is either malformed or otherwise incorrect."
                + " The client is assumed to be in error.");
    }

    private static ProblemException malformed(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "ValidationError", sentence).asException();
    }
}
