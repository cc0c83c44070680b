package org.sluice.controller.identity;

/** One user's role in one project; all three by their identifiers. */
record RoleAssignment(String accountId, String projectId, String roleId) {}
