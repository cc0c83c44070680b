package org.sluice.controller.identity.assignment;

import java.util.Optional;
import org.sluice.controller.identity.role.Role;

/**
 * A role assignment as it is shown.
 *
 * @param place the place's {@link Place#key}
 * @param projectName the project's name, if the place is one
 * @param role the role that the user has
 * @param givenId the identifier of the role that was given: this one, or one that implies it
 * @param key unique among all
 */
record Assigned(
        String accountId,
        String accountName,
        String place,
        Optional<String> projectName,
        Role role,
        String givenId,
        String key) {}
