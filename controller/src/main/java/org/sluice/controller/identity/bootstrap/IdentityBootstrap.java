package org.sluice.controller.identity.bootstrap;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.identity.assignment.AssignmentStore;
import org.sluice.controller.identity.assignment.Place;
import org.sluice.controller.identity.assignment.RoleAssignment;
import org.sluice.controller.identity.password.Passwords;
import org.sluice.controller.identity.project.Project;
import org.sluice.controller.identity.project.ProjectStore;
import org.sluice.controller.identity.role.Role;
import org.sluice.controller.identity.role.RoleStore;
import org.sluice.controller.identity.user.Account;
import org.sluice.controller.identity.user.UserStore;
import org.sluice.controller.identity.wire.IdentityIds;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;

/**
 * Gives an empty database its first users: {@code admin} with the admin role on the system and in the
 * projects {@code admin} and {@code demo}, and {@code demo} with the member role in {@code demo}. A database that has a user already is left as it is, also when a
 * user or project of these was deleted since. Thread-safe; two controllers may run it at once.
 */
public final class IdentityBootstrap {
    private final Database database;
    private final Passwords passwords;
    private final UserStore users = new UserStore();
    private final ProjectStore projects = new ProjectStore();
    private final RoleStore roles = new RoleStore();
    private final AssignmentStore assignments = new AssignmentStore();

    /** Works on that database. */
    public IdentityBootstrap(Database database, Passwords passwords) {
        this.database = requireNonNull(database, "database is null");
        this.passwords = requireNonNull(passwords, "passwords is null");
    }

    /**
     * Makes what is missing in an empty database.
     *
     * @param adminPassword not empty
     * @param demoPassword not empty
     * @return whether it made anything; if not, the passwords given here are not in force
     * @throws IllegalArgumentException when a password is empty
     */
    public boolean run(String adminPassword, String demoPassword) {
        requireNonNull(adminPassword, "adminPassword is null");
        requireNonNull(demoPassword, "demoPassword is null");
        if (adminPassword.isEmpty() || demoPassword.isEmpty()) {
            throw new IllegalArgumentException("a password is empty");
        }
        return new Transactions(database.jdbi()).run(handle -> {
            handle.execute("select pg_advisory_xact_lock(hashtext('sluice identity bootstrap'))");
            if (users.hasAny(handle)) {
                return false;
            }
            RoleStore.NAMES.forEach(name -> role(handle, name));
            Role adminRole = role(handle, "admin");
            Role memberRole = role(handle, "member");
            Project adminProject = project(handle, "admin", "Bootstrap project for initializing the cloud.");
            Project demoProject = project(handle, "demo", "");
            Account admin = account(handle, "admin", adminPassword, adminProject);
            Account demo = account(handle, "demo", demoPassword, demoProject);
            assignments.insert(handle, new RoleAssignment(admin.id(), adminProject.id(), adminRole.id()));
            assignments.insert(handle, new RoleAssignment(admin.id(), demoProject.id(), adminRole.id()));
            assignments.insert(handle, new RoleAssignment(admin.id(), new Place.OfCloud(), adminRole.id()));
            assignments.insert(handle, new RoleAssignment(demo.id(), demoProject.id(), memberRole.id()));
            return true;
        });
    }

    private Role role(Handle handle, String name) {
        return roles.findNamed(handle, name).orElseGet(() -> {
            Role role = new Role(IdentityIds.next(), name);
            roles.insert(handle, role);
            return role;
        });
    }

    private Project project(Handle handle, String name, String description) {
        return projects.findNamed(handle, name).orElseGet(() -> {
            Project project = new Project(IdentityIds.next(), name, description, true, List.of());
            projects.insert(handle, project);
            return project;
        });
    }

    private Account account(Handle handle, String name, String password, Project home) {
        Account account = new Account(
                IdentityIds.next(),
                name,
                passwords.hash(password),
                Optional.of(home.id()),
                true,
                Optional.empty(),
                Optional.empty());
        users.insert(handle, account);
        return account;
    }
}
