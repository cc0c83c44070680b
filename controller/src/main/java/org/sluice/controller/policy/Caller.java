package org.sluice.controller.policy;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.Set;

/**
 * Who is asking, as the token says.
 *
 * @param userId the user, 32 hexadecimal digits
 * @param userName the user's name
 * @param scope what the token is good for
 * @param roles role names within that scope: {@code admin}, {@code member} and others
 */
public record Caller(String userId, String userName, Scope scope, Set<String> roles) {
    public Caller {
        requireNonNull(userId, "userId is null");
        requireNonNull(scope, "scope is null");
        roles = Set.copyOf(roles);
    }

    /** Somebody in a project, or in none if that has no identifier. */
    public Caller(String userId, String userName, String projectId, String projectName, Set<String> roles) {
        this(
                userId,
                userName,
                projectId.isEmpty() ? new Scope.Nothing() : new Scope.Project(projectId, projectName),
                roles);
    }

    /** The project the token is for, 32 hexadecimal digits; empty when it is for none. */
    public String projectId() {
        return scope instanceof Scope.Project project ? project.id() : "";
    }

    /** The project's name; empty when the token is for none. */
    public String projectName() {
        return scope instanceof Scope.Project project ? project.name() : "";
    }

    /**
     * What policy checks call an attribute of the caller: {@code user_id}, {@code project_id}, {@code tenant_id}, {@code
     * domain_id}, {@code system_scope} ({@code all} or nothing); empty for one that the caller does not have.
     */
    public Optional<String> attribute(String name) {
        return switch (name) {
            case "user_id" -> Optional.of(userId);
            case "project_id", "tenant_id" ->
                scope instanceof Scope.Project project ? Optional.of(project.id()) : Optional.empty();
            case "domain_id" -> scope instanceof Scope.Domain domain ? Optional.of(domain.id()) : Optional.empty();
            case "system_scope" -> scope instanceof Scope.Cloud ? Optional.of("all") : Optional.empty();
            default -> Optional.empty();
        };
    }
}
