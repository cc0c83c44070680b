package org.sluice.controller.identity.login;

import static java.util.Objects.requireNonNull;

import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.view.View;
import org.sluice.controller.identity.token.Endings;
import org.sluice.controller.identity.token.Token;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.identity.wire.IdentityLinks;
import org.sluice.controller.identity.wire.IdentityProblems;
import org.sluice.controller.policy.Target;
import org.sluice.model.ProblemException;

/**
 * {@code /v3/auth}: how tokens are had, shown and ended, and what they lead to (Identity API reference, "Authentication and
 * token management"). Thread-safe.
 */
public final class TokenRoutes implements ResourceRoutes {
    private static final String TOKENS = "/v3/auth/tokens";
    private static final String SUBJECT_TOKEN = "X-Subject-Token";
    private static final String NO_CATALOG = "nocatalog";

    private final Authentication authentication;
    private final Tokens tokens;
    private final Endings endings;

    public TokenRoutes(Authentication authentication, Tokens tokens, Endings endings) {
        this.authentication = requireNonNull(authentication, "authentication is null");
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.endings = requireNonNull(endings, "endings is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.open("POST", TOKENS, this::issue).asks(NO_CATALOG);
        // Keystone's window for expired tokens can be 0 s, and here it is: the middleware asks, and is told that there
        // is none.
        routes.get(TOKENS, TokenRules.VALIDATE, this::show).asks(NO_CATALOG, "allow_expired");
        routes.delete(TOKENS, TokenRules.REVOKE, this::revoke);
        routes.get("/v3/auth/catalog", TokenRules.CATALOG, TokenRoutes::catalog);
        routes.get("/v3/auth/system", TokenRules.SYSTEM, this::system);
    }

    private Reply issue(Exchange exchange) {
        Authentication.Granted granted =
                authentication.grant(AuthRequest.read(exchange.body()), exchange.peerAddress());
        TokenWire.Described shown =
                new TokenWire.Described(granted.issued().token(), granted.roles(), wantsCatalog(exchange));
        return TokenWire.VIEW
                .reply(201, shown, exchange)
                .withHeader(SUBJECT_TOKEN, granted.issued().text());
    }

    private Reply show(Exchange exchange) {
        Token subject = subject(exchange);
        TokenWire.Described shown =
                new TokenWire.Described(subject, authentication.rolesOf(subject), wantsCatalog(exchange));
        return TokenWire.VIEW.ok(shown, exchange).withHeader(SUBJECT_TOKEN, subjectToken(exchange));
    }

    private Reply revoke(Exchange exchange) {
        endings.revoke(subject(exchange));
        return Reply.empty(204);
    }

    private static String subjectToken(Exchange exchange) {
        return exchange.header(SUBJECT_TOKEN)
                .orElseThrow(
                        () -> IdentityProblems.notFound("token", "the request has no " + SUBJECT_TOKEN + " header"));
    }

    /** The token that a request is about. */
    private Token subject(Exchange exchange) {
        Token subject;
        try {
            subject = tokens.read(subjectToken(exchange));
        } catch (ProblemException invalid) {
            throw new ProblemException(
                    IdentityProblems.notFound("token", "it is malformed, expired, revoked or not ours")
                            .problem(),
                    invalid);
        }
        exchange.require(Target.ofUser(subject.userId()));
        return subject;
    }

    private static Reply catalog(Exchange exchange) {
        return unwrapped(TokenWire.CATALOG, IdentityLinks.root(exchange.baseUrl()), exchange);
    }

    private Reply system(Exchange exchange) {
        return unwrapped(
                TokenWire.SYSTEM, authentication.isOnCloud(exchange.caller().userId()), exchange);
    }

    /** The members of the view without a member around them. */
    private static <T> Reply unwrapped(View<T> view, T value, Exchange exchange) {
        return Reply.written(200, json -> view.to(exchange).write(json, value));
    }

    private static boolean wantsCatalog(Exchange exchange) {
        return !exchange.queryNames().contains(NO_CATALOG);
    }
}
