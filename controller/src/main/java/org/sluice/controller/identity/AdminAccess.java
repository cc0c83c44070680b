package org.sluice.controller.identity;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** The user and the project of administrators, as {@link IdentityBootstrap} made them. Stateless. */
public final class AdminAccess {
    /** The name of both, and of their role. */
    public static final String NAME = "admin";

    private static final IdentityStore store = new IdentityStore();

    private AdminAccess() {}

    /** The id of the project, if it has not been deleted. */
    public static Optional<String> project(Handle handle) {
        return store.projectByName(handle, NAME).map(Project::id);
    }
}
