package org.sluice.controller.identity;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.identity.assignment.Assignments;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.identity.project.Project;
import org.sluice.controller.identity.project.ProjectChange;
import org.sluice.controller.identity.project.ProjectStore;
import org.sluice.controller.identity.project.ProjectWire;
import org.sluice.controller.identity.project.Projects;
import org.sluice.controller.identity.role.Role;
import org.sluice.controller.identity.role.RoleStore;
import org.sluice.controller.identity.token.Endings;
import org.sluice.controller.identity.token.Tokens;
import org.sluice.controller.identity.user.Account;
import org.sluice.controller.identity.user.UserChange;
import org.sluice.controller.identity.user.UserStore;
import org.sluice.controller.identity.user.UserWire;
import org.sluice.controller.identity.user.Users;
import org.sluice.controller.identity.wire.IdentityWording;
import org.sluice.controller.store.Database;
import tools.jackson.databind.node.ObjectNode;

/** All that changes users, projects and roles on one controller, and what is there. */
public record Directory(Database database, Users users, Projects projects, Assignments assignments, Endings endings) {
    public static Directory of(Database database, Tokens tokens, PasswordChecks checks) {
        Endings endings = new Endings(database, tokens.revocations());
        return new Directory(
                database,
                new Users(database, endings, checks),
                new Projects(database, endings),
                new Assignments(database, endings),
                endings);
    }

    /** What a request with these members says of a user. */
    public static UserChange user(Map<String, Object> members) {
        return UserWire.read(fields("user", members));
    }

    /** What a request with these members says of a project. */
    public static ProjectChange project(Map<String, Object> members) {
        return ProjectWire.read(fields("project", members));
    }

    private static Fields fields(String name, Map<String, Object> members) {
        return Fields.of(name, Json.MAPPER.<ObjectNode>valueToTree(members), new IdentityWording());
    }

    /** The user of that identifier, as it is now. */
    public Account account(String id) {
        return found(handle -> new UserStore().find(handle, id));
    }

    public Account accountNamed(String name) {
        return found(handle -> new UserStore().findNamed(handle, name));
    }

    /** The project of that identifier, as it is now. */
    public Project project(String id) {
        return found(handle -> new ProjectStore().find(handle, id));
    }

    public Project projectNamed(String name) {
        return found(handle -> new ProjectStore().findNamed(handle, name));
    }

    public Role roleNamed(String name) {
        return found(handle -> new RoleStore().findNamed(handle, name));
    }

    public Endings.Reach reach() {
        return database.jdbi().withHandle(Endings::reach);
    }

    private <T> T found(Function<Handle, Optional<T>> query) {
        return database.jdbi().withHandle(query::apply).orElseThrow();
    }
}
