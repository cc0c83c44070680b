package org.sluice.controller.identity.login;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.controller.http.view.View;
import org.sluice.controller.identity.endpoint.EndpointWire;
import org.sluice.controller.identity.role.Role;
import org.sluice.controller.identity.service.Service;
import org.sluice.controller.identity.token.Token;
import org.sluice.controller.identity.wire.DefaultDomain;
import org.sluice.controller.identity.wire.IdentityLinks;
import org.sluice.controller.policy.Scope;

/** Tokens as the Identity API shows them. */
final class TokenWire {
    /** A token with the roles it names, and whether its catalog is wanted. */
    record Described(Token token, List<Role> roles, boolean wantsCatalog) {
        boolean isScoped() {
            return !(token.scope() instanceof Scope.Nothing);
        }
    }

    /** Tokens count whole seconds; clients expect the digits after them all the same. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private static final View<Token> USER = View.<Token>of("user", "users")
            .member("domain", token -> DefaultDomain.REFERENCE)
            .member("id", Token::userId)
            .member("name", Token::userName)
            .member("password_expires_at", token -> null)
            .build();

    private static final View<Scope.Project> PROJECT = View.<Scope.Project>of("project", "projects")
            .member("domain", project -> DefaultDomain.REFERENCE)
            .member("id", Scope.Project::id)
            .member("name", Scope.Project::name)
            .build();

    static final View<Described> VIEW = View.<Described>of("token", "tokens")
            .member("methods", it -> it.token().methods())
            .member("user", it -> new View.Nested<>(USER, it.token()))
            .member("audit_ids", it -> it.token().auditIds())
            .member("expires_at", it -> time(it.token().expiresAt()))
            .member("issued_at", it -> time(it.token().issuedAt()))
            .member("project", it -> project(it).map(project -> new View.Nested<>(PROJECT, project)))
            .whenPresent()
            .member("is_domain", it -> project(it).map(project -> false))
            .whenPresent()
            .member(
                    "domain",
                    it -> it.token().scope() instanceof Scope.Domain
                            ? Optional.of(DefaultDomain.REFERENCE)
                            : Optional.empty())
            .whenPresent()
            .member(
                    "system",
                    it -> it.token().scope() instanceof Scope.Cloud
                            ? Optional.of(Map.of("all", true))
                            : Optional.empty())
            .whenPresent()
            .member("roles", it -> it.isScoped() ? Optional.of(roles(it.roles())) : Optional.empty())
            .whenPresent()
            .member("catalog", it -> it.isScoped() && it.wantsCatalog() ? Optional.of(catalog()) : Optional.empty())
            .whenPresent()
            .build();

    /** The catalog alone; the value is the API's root. */
    static final View<String> CATALOG = View.<String>of("catalog", "catalogs")
            .member("catalog", root -> catalog())
            .member("links", root -> Map.of("self", root + "/auth/catalog"))
            .build();

    /** Whether a token can be had for the system. */
    static final View<Boolean> SYSTEM = View.<Boolean>of("system", "systems")
            .member("system", may -> may ? List.of(Map.of("all", true)) : List.of())
            .memberShown("links", (may, shown) -> IdentityLinks.self(shown, "auth", "system"))
            .build();

    private TokenWire() {}

    private static Optional<Scope.Project> project(Described described) {
        return described.token().scope() instanceof Scope.Project project ? Optional.of(project) : Optional.empty();
    }

    private static List<Map<String, String>> roles(List<Role> roles) {
        return roles.stream()
                .map(role -> Map.of("id", role.id(), "name", role.name()))
                .toList();
    }

    private static List<View.Nested<Service>> catalog() {
        return Service.ALL.stream()
                .map(service -> new View.Nested<>(EndpointWire.CATALOG, service))
                .toList();
    }

    private static String time(Instant instant) {
        return TIME.format(instant);
    }
}
