package org.sluice.controller.identity.assignment;

import static java.util.Objects.requireNonNull;

import org.jdbi.v3.core.Handle;
import org.sluice.controller.identity.project.ProjectStore;
import org.sluice.controller.identity.role.RoleStore;
import org.sluice.controller.identity.token.Endings;
import org.sluice.controller.identity.token.Revocations;
import org.sluice.controller.identity.user.UserStore;
import org.sluice.controller.identity.wire.IdentityProblems;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.ProblemException;

/** Gives and takes roles; who loses one loses the tokens for that place. Thread-safe. */
public final class Assignments {
    private final Transactions transactions;
    private final Endings endings;
    private final AssignmentStore store = new AssignmentStore();
    private final UserStore users = new UserStore();
    private final ProjectStore projects = new ProjectStore();
    private final RoleStore roles = new RoleStore();

    public Assignments(Database database, Endings endings) {
        this.transactions =
                new Transactions(requireNonNull(database, "database is null").jdbi());
        this.endings = requireNonNull(endings, "endings is null");
    }

    /**
     * Gives a user a role in a place; one that it has already is no error.
     *
     * @throws ProblemException 404 without user, place or role
     */
    public void assign(RoleAssignment wanted) {
        transactions.run(handle -> {
            requireParties(handle, wanted);
            return store.insert(handle, wanted);
        });
    }

    /**
     * Takes a role in a place away from a user.
     *
     * @throws ProblemException 404 without user, place, role or the assignment, 409 when the cloud would lose an administrator
     *     that it needs ({@link Endings.Reach})
     */
    public void unassign(RoleAssignment unwanted) {
        endings.with(
                new Revocations.Subject.OfAccountIn(
                        unwanted.accountId(), unwanted.place().key()),
                handle -> {
                    requireParties(handle, unwanted);
                    if (!store.delete(handle, unwanted)) {
                        throw unknown(unwanted);
                    }
                    return unwanted;
                });
    }

    /**
     * Asks for a role of a user in a place.
     *
     * @throws ProblemException 404 unless it was given
     */
    void require(RoleAssignment asked) {
        if (!transactions.run(handle -> store.has(handle, asked))) {
            throw unknown(asked);
        }
    }

    /** 404 unless both are there. */
    void requireParties(Handle handle, String accountId, Place place) {
        if (users.find(handle, accountId).isEmpty()) {
            throw IdentityProblems.notFound("user", accountId);
        }
        if (place instanceof Place.OfProject project) {
            projects.require(handle, project.id());
        }
    }

    private void requireParties(Handle handle, RoleAssignment assignment) {
        requireParties(handle, assignment.accountId(), assignment.place());
        roles.require(handle, assignment.roleId());
    }

    private static ProblemException unknown(RoleAssignment assignment) {
        return IdentityProblems.notFound("role assignment with role", assignment.roleId());
    }
}
