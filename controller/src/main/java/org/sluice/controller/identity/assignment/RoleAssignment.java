package org.sluice.controller.identity.assignment;

/** One user's role in one place; user and role by their identifiers. */
public record RoleAssignment(String accountId, Place place, String roleId) {
    /** A role in a project. */
    public RoleAssignment(String accountId, String projectId, String roleId) {
        this(accountId, new Place.OfProject(projectId), roleId);
    }
}
