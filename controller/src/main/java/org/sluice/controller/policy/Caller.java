package org.sluice.controller.policy;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.Set;
import org.sluice.model.Problem;

/**
 * Who is asking, as the token says.
 *
 * @param userId the user, 32 hexadecimal digits
 * @param userName the user's name
 * @param projectId the project the token is scoped to, 32 hexadecimal digits
 * @param projectName the project's name
 * @param roles role names: {@code admin}, {@code member} and others
 */
public record Caller(String userId, String userName, String projectId, String projectName, Set<String> roles) {
    public Caller {
        requireNonNull(userId, "userId is null");
        requireNonNull(projectId, "projectId is null");
        roles = Set.copyOf(roles);
    }

    /**
     * What policy checks call an attribute of the caller: {@code user_id}, {@code project_id}, {@code tenant_id}; empty for one
     * that the caller does not have. A caller without a project has none.
     */
    public Optional<String> attribute(String name) {
        return switch (name) {
            case "user_id" -> Optional.of(userId);
            case "project_id", "tenant_id" -> projectId.isEmpty() ? Optional.empty() : Optional.of(projectId);
            default -> Optional.empty();
        };
    }

    /** Whether the caller may see and change what belongs to other projects. */
    public boolean isAdmin() {
        return roles.contains("admin");
    }

    /** Whether the caller may change anything in the project. */
    public boolean mayWrite() {
        return isAdmin() || roles.contains("member");
    }

    /**
     * Refuses a caller without the admin role.
     *
     * @param rule the policy rule's name as OpenStack prints it, {@code os_compute_api:os-services:list}
     */
    public void requireAdmin(String rule) {
        if (!isAdmin()) {
            throw Problem.of(
                            Problem.Kind.FORBIDDEN,
                            "PolicyNotAuthorized",
                            "Policy doesn't allow " + rule + " to be performed.")
                    .asException();
        }
    }

    /** Refuses a caller who may only read. {@code rule} as in {@link #requireAdmin}. */
    public void requireWriter(String rule) {
        if (!mayWrite()) {
            throw Problem.of(
                            Problem.Kind.FORBIDDEN,
                            "PolicyNotAuthorized",
                            "Policy doesn't allow " + rule + " to be performed.")
                    .asException();
        }
    }
}
