package org.sluice.controller.identity.login;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.identity.wire.DefaultDomain;
import org.sluice.model.ProblemException;
import tools.jackson.databind.JsonNode;

/**
 * A request for a token, read from {@code {"auth": {"identity": ..., "scope": ...}}}.
 *
 * @param proof how the user proves who it is
 * @param wanted what the token shall be good for
 */
public record AuthRequest(Proof proof, Wanted wanted) {
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_TEXT = 4_096;
    private static final int MOST_METHODS = 16;
    /** Those of Keystone, with the one that there is no other use for than to be told that there is none. */
    private static final Set<String> SCOPES = Set.of("project", "domain", "system", "unscoped", "OS-TRUST:trust");

    /** How the user proves who it is. */
    public sealed interface Proof {
        /** A user, by id or by name in the default domain, and the password. */
        record ByPassword(Reference user, String password) implements Proof {}

        /** A token issued before. */
        record ByToken(String token) implements Proof {}
    }

    /** What the token shall be good for. */
    public sealed interface Wanted {
        /** The request names none: the user's default project, or nothing when the user has none. */
        record Unsaid() implements Wanted {}

        /** Explicitly nothing. */
        record Unscoped() implements Wanted {}

        /** A project. */
        record ToProject(Reference project) implements Wanted {}

        /** A domain; {@code isOurs} when it is the one there is. */
        record ToDomain(boolean isOurs) implements Wanted {}

        /** The cloud itself. */
        record ToCloud() implements Wanted {}

        /** A trust or anything else of which there is none. */
        record Elsewhere() implements Wanted {}
    }

    /** A user or project, by id or by name. */
    public sealed interface Reference {
        /** 32 hexadecimal digits; what stands beside them, as some clients send it, must be true of the same thing. */
        record ById(String id, Optional<String> name, boolean inDefaultDomain) implements Reference {
            public ById(String id) {
                this(id, Optional.empty(), true);
            }
        }

        /** Name, and whether the domain that goes with it is the one we have. */
        record ByName(String name, boolean inDefaultDomain) implements Reference {}
    }

    /**
     * Reads the body.
     *
     * @throws ProblemException 400 naming the member that is missing, wrong or of no effect; 401 for methods we do not have
     */
    public static AuthRequest read(Fields body) {
        Fields auth = body.onlyKnows(Set.of("auth")).object("auth").onlyKnows(Set.of("identity", "scope"));
        Fields identity = auth.object("identity");
        identity.needs("methods");
        List<String> methods = identity.texts("methods", MOST_METHODS, 1, LONGEST_NAME);
        // Several methods mean several factors; we have no second one to check.
        if (methods.size() != 1) {
            throw Tokens.unauthenticated(new IllegalArgumentException(methods.size() + " authentication methods"));
        }
        String method = methods.getFirst();
        Proof proof = switch (method) {
            case "password" -> password(identity.object(method));
            case "token" ->
                new Proof.ByToken(
                        identity.object(method).onlyKnows(Set.of("id")).text("id", 0, Integer.MAX_VALUE));
            default ->
                throw Tokens.unauthenticated(
                        new IllegalArgumentException("unsupported authentication method " + method));
        };
        // What belongs to another method than the one that is named would go for nothing.
        identity.onlyKnows(Set.of("methods", method));
        return new AuthRequest(proof, wanted(auth));
    }

    private static Proof password(Fields password) {
        Fields user = password.onlyKnows(Set.of("user")).object("user");
        return new Proof.ByPassword(reference(user, "password"), user.text("password", 0, LONGEST_TEXT));
    }

    private static Wanted wanted(Fields auth) {
        if (!auth.isSet("scope")) {
            return new Wanted.Unsaid();
        }
        JsonNode said = auth.required("scope");
        if (said.isString()) {
            if (said.stringValue().equals("unscoped")) {
                return new Wanted.Unscoped();
            }
            throw auth.refused("scope", "must be an object or the text 'unscoped'");
        }
        Fields scope = auth.object("scope").onlyKnows(SCOPES);
        if (scope.names().size() > 1) {
            throw auth.refused("scope", "must name one of " + String.join(", ", scope.names()) + " and not several");
        }
        if (scope.has("unscoped")) {
            scope.object("unscoped").onlyKnows(Set.of());
            return new Wanted.Unscoped();
        }
        if (scope.has("project")) {
            return new Wanted.ToProject(reference(scope.object("project")));
        }
        if (scope.has("domain")) {
            return new Wanted.ToDomain(isOurs(scope.object("domain")));
        }
        if (scope.has("system")) {
            return scope.object("system")
                            .onlyKnows(Set.of("all"))
                            .strictFlag("all")
                            .orElse(false)
                    ? new Wanted.ToCloud()
                    : new Wanted.Elsewhere();
        }
        return new Wanted.Elsewhere();
    }

    private static Reference reference(Fields fields, String... beside) {
        Set<String> known = new HashSet<>(Set.of("id", "name", "domain"));
        known.addAll(Set.of(beside));
        fields.onlyKnows(known);
        if (fields.has("id")) {
            return new Reference.ById(
                    fields.text("id", 0, LONGEST_NAME),
                    fields.optionalText("name", 0, LONGEST_NAME),
                    fields.optionalObject("domain").map(AuthRequest::isOurs).orElse(true));
        }
        return new Reference.ByName(fields.text("name", 0, LONGEST_NAME), isOurs(fields.object("domain")));
    }

    private static boolean isOurs(Fields domain) {
        domain.onlyKnows(Set.of("id", "name"));
        if (!domain.has("id")) {
            return domain.text("name", 0, LONGEST_NAME).equals(DefaultDomain.NAME);
        }
        boolean nameIsOurs = domain.optionalText("name", 0, LONGEST_NAME)
                .map(DefaultDomain.NAME::equals)
                .orElse(true);
        return nameIsOurs && domain.text("id", 0, LONGEST_NAME).equals(DefaultDomain.ID);
    }
}
