package org.sluice.controller.identity.project;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.sluice.controller.identity.token.Endings;
import org.sluice.controller.identity.token.Revocations;
import org.sluice.controller.identity.wire.IdentityIds;
import org.sluice.controller.identity.wire.IdentityProblems;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Changes projects. Each change is one transaction, which takes the row it changes and, when it takes something away, revokes
 * the tokens that stand on it. Thread-safe.
 */
public final class Projects {
    private final Transactions transactions;
    private final Endings endings;
    private final ProjectStore store = new ProjectStore();

    public Projects(Database database, Endings endings) {
        this.transactions =
                new Transactions(requireNonNull(database, "database is null").jdbi());
        this.endings = requireNonNull(endings, "endings is null");
    }

    /**
     * Makes a project of a name.
     *
     * @throws ProblemException 409 when the name is taken
     */
    public Project create(ProjectChange wanted) {
        Project project =
                wanted.appliedTo(new Project(IdentityIds.next(), wanted.name().orElseThrow(), "", true, List.of()));
        if (!transactions.run(handle -> store.insert(handle, project))) {
            throw IdentityProblems.nameTaken("project", project.name());
        }
        return project;
    }

    /**
     * Changes what is said of a project, and nothing else.
     *
     * @throws ProblemException 404 without the project, 409 when the name is taken or the cloud would lose an administrator
     *     that it needs ({@link Endings.Reach})
     */
    public Project update(String id, ProjectChange said) {
        Function<Handle, Project> change = handle -> {
            Project after = said.appliedTo(store.lock(handle, id));
            store.update(handle, after);
            return after;
        };
        try {
            return said.endsTokens()
                    ? endings.with(new Revocations.Subject.OfProject(id), change)
                    : endings.withoutEnding(change);
        } catch (JdbiException failure) {
            if (said.name().isPresent() && Transactions.isUniqueViolation(failure)) {
                throw new ProblemException(
                        IdentityProblems.nameTaken("project", said.name().get()).problem(), failure);
            }
            throw failure;
        }
    }

    /** Changes the tags of a project; 404 without it. */
    Project retag(String id, UnaryOperator<List<String>> change) {
        return transactions.run(handle -> {
            Project before = store.lock(handle, id);
            Project after = new ProjectChange(
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(change.apply(before.tags())))
                    .appliedTo(before);
            store.update(handle, after);
            return after;
        });
    }

    /**
     * Deletes a project with its role assignments and its default security group.
     *
     * @throws ProblemException 404 without it, 409 when it has anything that would be nobody's then, or the cloud would lose an
     *     administrator that it needs
     */
    public void delete(String id) {
        endings.with(new Revocations.Subject.OfProject(id), handle -> {
            String name = store.lock(handle, id).name();
            List<String> things = store.things(handle, id);
            if (!things.isEmpty()) {
                throw new Problem(
                                Problem.Kind.CONFLICT,
                                "ProjectInUse",
                                "Project " + name + " (" + id + ") has " + String.join(", ", things) + ".",
                                Optional.of("Delete them first: openstack project purge --project " + id + "."))
                        .asException();
            }
            store.delete(handle, id);
            return id;
        });
    }
}
