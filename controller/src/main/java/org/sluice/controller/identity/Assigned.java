package org.sluice.controller.identity;

import java.util.Optional;

/**
 * A role assignment as it is shown.
 *
 * @param role the role that the user has
 * @param given the identifier of the role that implies it, if it was not given itself
 */
record Assigned(
        String accountId,
        String accountName,
        String projectId,
        String projectName,
        Role role,
        Optional<String> given) {}
