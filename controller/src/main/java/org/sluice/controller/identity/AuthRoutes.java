package org.sluice.controller.identity;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Database;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ObjectNode;

/** Version documents, and everything under {@code /v3/auth}. */
final class AuthRoutes {
    private static final String SUBJECT_TOKEN = "X-Subject-Token";

    private final Jdbi jdbi;
    private final Authentication authentication;
    private final Tokens tokens;
    private final Directory directory;
    private final IdentityStore store = new IdentityStore();

    AuthRoutes(Database database, Authentication authentication, Tokens tokens, Directory directory) {
        this.jdbi = requireNonNull(database, "database is null").jdbi();
        this.authentication = requireNonNull(authentication, "authentication is null");
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.directory = requireNonNull(directory, "directory is null");
    }

    void addTo(Routes routes) {
        for (String root : List.of("", "/")) {
            routes.publicRoute("GET", root, AuthRoutes::versions);
            routes.publicRoute("GET", "/v3" + root, AuthRoutes::version);
        }
        routes.publicRoute("POST", "/v3/auth/tokens", this::issue)
                .get("/v3/auth/tokens", exchange -> show(exchange, true))
                .head("/v3/auth/tokens", exchange -> show(exchange, false))
                .delete("/v3/auth/tokens", this::revoke)
                .get("/v3/auth/catalog", AuthRoutes::catalog)
                .get("/v3/auth/projects", this::projects)
                // Nobody has a role in a domain.
                .get("/v3/auth/domains", exchange -> list(exchange, "domains", List.of()));
    }

    private static Reply versions(Exchange exchange) {
        String self = self(exchange);
        return Reply.json(300, IdentityJson.versions(self)).withHeader("Location", self + "/");
    }

    private static Reply version(Exchange exchange) {
        return Reply.ok(IdentityJson.wrap("version", IdentityJson.version(self(exchange))));
    }

    private Reply issue(Exchange exchange) {
        Authentication.Granted granted =
                authentication.grant(AuthRequest.parse(exchange.bodyObject()), exchange.peerAddress());
        ObjectNode token = IdentityJson.token(
                granted.issued().token(), granted.roles(), exchange.baseUrl(), wantsCatalog(exchange));
        return Reply.json(201, IdentityJson.wrap("token", token))
                .withHeader(SUBJECT_TOKEN, granted.issued().text());
    }

    private Reply show(Exchange exchange, boolean withBody) {
        String text = subjectToken(exchange);
        Token subject = subject(exchange, text, "identity:validate_token");
        Reply reply = withBody
                ? Reply.ok(IdentityJson.wrap(
                        "token",
                        IdentityJson.token(
                                subject, authentication.rolesOf(subject), exchange.baseUrl(), wantsCatalog(exchange))))
                : Reply.empty(200);
        return reply.withHeader(SUBJECT_TOKEN, text);
    }

    private Reply revoke(Exchange exchange) {
        directory.revoke(subject(exchange, subjectToken(exchange), "identity:revoke_token"));
        return Reply.empty(204);
    }

    private static String subjectToken(Exchange exchange) {
        return exchange.header(SUBJECT_TOKEN)
                .orElseThrow(() -> IdentityRules.notFound("token", "the request has no " + SUBJECT_TOKEN + " header"));
    }

    /** The token that a request is about, which is the caller's own or an admin's business. */
    private Token subject(Exchange exchange, String text, String action) {
        Token subject;
        try {
            subject = tokens.read(text);
        } catch (ProblemException invalid) {
            throw new ProblemException(
                    IdentityRules.notFound("token", "it is malformed, expired, revoked or not ours")
                            .problem(),
                    invalid);
        }
        IdentityRules.requireAdminOr(subject.userId().equals(exchange.caller().userId()), exchange.caller(), action);
        return subject;
    }

    private static Reply catalog(Exchange exchange) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.set("catalog", IdentityJson.catalog(exchange.baseUrl()));
        json.putObject("links").put("self", self(exchange) + "/auth/catalog");
        return Reply.ok(json);
    }

    private Reply projects(Exchange exchange) {
        String self = self(exchange);
        List<Project> projects = jdbi.withHandle(
                handle -> store.projectsOf(handle, exchange.caller().userId()));
        return list(
                exchange,
                "projects",
                projects.stream()
                        .map(project -> IdentityJson.project(project, self))
                        .toList());
    }

    private static Reply list(Exchange exchange, String name, List<ObjectNode> items) {
        return Reply.ok(IdentityJson.list(name, items, self(exchange) + "/auth/" + name));
    }

    private static boolean wantsCatalog(Exchange exchange) {
        return !exchange.queryNames().contains("nocatalog");
    }

    static String self(Exchange exchange) {
        return exchange.baseUrl() + IdentityFamily.MOUNT + "/v3";
    }
}
