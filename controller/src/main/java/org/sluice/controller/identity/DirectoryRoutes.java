package org.sluice.controller.identity;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Database;
import tools.jackson.databind.node.ObjectNode;

/** Projects, users, roles, and who has which role where. */
final class DirectoryRoutes {
    private static final String GRANT = "/v3/projects/{project}/users/{user}/roles/{role}";

    private final Jdbi jdbi;
    private final Directory directory;
    private final IdentityStore store = new IdentityStore();

    DirectoryRoutes(Database database, Directory directory) {
        this.jdbi = requireNonNull(database, "database is null").jdbi();
        this.directory = requireNonNull(directory, "directory is null");
    }

    void addTo(Routes routes) {
        routes.get("/v3/projects", this::projects)
                .post("/v3/projects", this::createProject)
                .get("/v3/projects/{id}", this::project)
                .patch("/v3/projects/{id}", this::updateProject)
                .delete("/v3/projects/{id}", this::deleteProject)
                .get("/v3/users", this::users)
                .post("/v3/users", this::createUser)
                .get("/v3/users/{id}", this::user)
                .patch("/v3/users/{id}", this::updateUser)
                .delete("/v3/users/{id}", this::deleteUser)
                .post("/v3/users/{id}/password", this::changePassword)
                .get("/v3/users/{id}/projects", this::projectsOfUser)
                .get("/v3/roles", this::roles)
                .get("/v3/roles/{id}", this::role)
                .get("/v3/role_assignments", this::assignments)
                .get("/v3/projects/{project}/users/{user}/roles", this::grants)
                .put(GRANT, this::grant)
                .head(GRANT, this::checkGrant)
                .delete(GRANT, this::revoke);
    }

    private Reply projects(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:list_projects");
        String self = AuthRoutes.self(exchange);
        IdentityStore.ProjectFilter filter = new IdentityStore.ProjectFilter(
                exchange.query("name"),
                flagIfAsked(exchange, "enabled"),
                tags(exchange, "tags"),
                tags(exchange, "tags-any"),
                tags(exchange, "not-tags"),
                tags(exchange, "not-tags-any"));
        boolean possible = isDefaultDomain(exchange, "domain_id")
                && isDefaultDomain(exchange, "parent_id")
                && !flagIfAsked(exchange, "is_domain").orElse(false);
        List<Project> found = possible ? jdbi.withHandle(handle -> store.projects(handle, filter)) : List.of();
        return Reply.ok(IdentityJson.list(
                "projects",
                found.stream()
                        .map(project -> IdentityJson.project(project, self))
                        .toList(),
                self + "/projects"));
    }

    private Reply project(Exchange exchange) {
        String id = exchange.path("id");
        Optional<Project> project = jdbi.withHandle(handle -> store.projectById(handle, id));
        IdentityRules.requireAdminOr(
                id.equals(exchange.caller().projectId()), exchange.caller(), "identity:get_project");
        return Reply.ok(projectJson(exchange, project.orElseThrow(() -> IdentityRules.notFound("project", id))));
    }

    private Reply createProject(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:create_project");
        Project project = directory.createProject(ProjectBody.parse(exchange.bodyObject("project")));
        return Reply.json(201, projectJson(exchange, project));
    }

    private Reply updateProject(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:update_project");
        ProjectBody body = ProjectBody.parse(exchange.bodyObject("project"));
        return Reply.ok(projectJson(exchange, directory.updateProject(exchange.path("id"), body)));
    }

    private Reply deleteProject(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:delete_project");
        directory.deleteProject(exchange.path("id"));
        return Reply.empty(204);
    }

    private Reply users(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:list_users");
        String self = AuthRoutes.self(exchange);
        // No password expires, and nobody comes from another identity provider: who asks for such users asks for none.
        boolean possible = isDefaultDomain(exchange, "domain_id")
                && Stream.of("password_expires_at", "idp_id", "protocol_id", "unique_id")
                        .noneMatch(exchange.queryNames()::contains);
        List<Account> found = possible
                ? jdbi.withHandle(
                        handle -> store.accounts(handle, exchange.query("name"), flagIfAsked(exchange, "enabled")))
                : List.of();
        return Reply.ok(IdentityJson.list(
                "users",
                found.stream().map(account -> IdentityJson.user(account, self)).toList(),
                self + "/users"));
    }

    private Reply user(Exchange exchange) {
        String id = exchange.path("id");
        IdentityRules.requireAdminOr(id.equals(exchange.caller().userId()), exchange.caller(), "identity:get_user");
        return Reply.ok(userJson(exchange, jdbi.withHandle(handle -> existingAccount(handle, id))));
    }

    private Reply createUser(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:create_user");
        Account account = directory.createUser(UserBody.parse(exchange.bodyObject("user")), asker(exchange));
        return Reply.json(201, userJson(exchange, account));
    }

    private Reply updateUser(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:update_user");
        UserBody body = UserBody.parse(exchange.bodyObject("user"));
        return Reply.ok(userJson(exchange, directory.updateUser(exchange.path("id"), body, asker(exchange))));
    }

    private Reply deleteUser(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:delete_user");
        directory.deleteUser(exchange.path("id"));
        return Reply.empty(204);
    }

    /** Anybody may change their own password, whatever the token is good for: who asks must know the one in force. */
    private Reply changePassword(Exchange exchange) {
        String id = exchange.path("id");
        IdentityRules.requireAdminOr(
                id.equals(exchange.caller().userId()), exchange.caller(), "identity:change_password");
        ObjectNode json = exchange.bodyObject("user");
        directory.changePassword(
                id,
                IdentityRules.optionalText(json, "original_password")
                        .orElseThrow(() -> IdentityRules.invalid("original_password", "is a required property")),
                IdentityRules.password(json, "password")
                        .orElseThrow(() -> IdentityRules.invalid("password", "is a required property")),
                LogInSource.of(exchange.peerAddress(), id));
        return Reply.empty(204);
    }

    private Reply projectsOfUser(Exchange exchange) {
        String id = exchange.path("id");
        IdentityRules.requireAdminOr(
                id.equals(exchange.caller().userId()), exchange.caller(), "identity:list_user_projects");
        String self = AuthRoutes.self(exchange);
        List<ObjectNode> items = jdbi.withHandle(handle -> store.projectsOf(handle, id)).stream()
                .map(project -> IdentityJson.project(project, self))
                .toList();
        return Reply.ok(IdentityJson.list("projects", items, self + "/users/" + id + "/projects"));
    }

    private Reply roles(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:list_roles");
        String self = AuthRoutes.self(exchange);
        // Every role is of every domain.
        List<Role> found = exchange.queryNames().contains("domain_id")
                ? List.of()
                : jdbi.withHandle(handle -> store.roles(handle, exchange.query("name")));
        return Reply.ok(IdentityJson.list(
                "roles",
                found.stream().map(role -> IdentityJson.role(role, self)).toList(),
                self + "/roles"));
    }

    private Reply role(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:get_role");
        Role role = jdbi.withHandle(handle -> existingRole(handle, exchange.path("id")));
        return Reply.ok(IdentityJson.wrap("role", IdentityJson.role(role, AuthRoutes.self(exchange))));
    }

    private Reply assignments(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:list_role_assignments");
        String self = AuthRoutes.self(exchange);
        boolean withNames = flagIfAsked(exchange, "include_names").orElse(false);
        IdentityStore.AssignmentFilter filter = new IdentityStore.AssignmentFilter(
                exchange.query("user.id"),
                exchange.query("scope.project.id"),
                exchange.query("role.id"),
                flagIfAsked(exchange, "effective").orElse(false));
        // There are no groups, and nobody has a role in a domain, in the system or by inheritance.
        boolean possible = Stream.of("group.id", "scope.domain.id", "scope.system", "scope.OS-INHERIT:inherited_to")
                .noneMatch(exchange.queryNames()::contains);
        List<Assigned> found = possible ? jdbi.withHandle(handle -> store.assignments(handle, filter)) : List.of();
        return Reply.ok(IdentityJson.list(
                "role_assignments",
                found.stream()
                        .map(assigned -> IdentityJson.assignment(assigned, withNames, self))
                        .toList(),
                self + "/role_assignments"));
    }

    private Reply grants(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:list_grants");
        String self = AuthRoutes.self(exchange);
        List<ObjectNode> items = jdbi
                .withHandle(handle -> store.assignedRoles(handle, exchange.path("user"), exchange.path("project")))
                .stream()
                .map(role -> IdentityJson.role(role, self))
                .toList();
        return Reply.ok(IdentityJson.list("roles", items, self + "/roles"));
    }

    private Reply grant(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:create_grant");
        directory.assign(named(exchange));
        return Reply.empty(204);
    }

    private Reply checkGrant(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:check_grant");
        RoleAssignment asked = named(exchange);
        if (!jdbi.withHandle(handle -> store.isAssigned(handle, asked))) {
            throw IdentityRules.notFound("role assignment with role", asked.roleId());
        }
        return Reply.empty(204);
    }

    private Reply revoke(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:revoke_grant");
        directory.unassign(named(exchange));
        return Reply.empty(204);
    }

    private static RoleAssignment named(Exchange exchange) {
        return new RoleAssignment(exchange.path("user"), exchange.path("project"), exchange.path("role"));
    }

    private static LogInSource asker(Exchange exchange) {
        return LogInSource.of(exchange.peerAddress(), exchange.caller().userId());
    }

    private Account existingAccount(Handle handle, String id) {
        return store.accountById(handle, id).orElseThrow(() -> IdentityRules.notFound("user", id));
    }

    private Role existingRole(Handle handle, String id) {
        return store.roleById(handle, id).orElseThrow(() -> IdentityRules.notFound("role", id));
    }

    private static ObjectNode projectJson(Exchange exchange, Project project) {
        return IdentityJson.wrap("project", IdentityJson.project(project, AuthRoutes.self(exchange)));
    }

    private static ObjectNode userJson(Exchange exchange, Account account) {
        return IdentityJson.wrap("user", IdentityJson.user(account, AuthRoutes.self(exchange)));
    }

    private static boolean isDefaultDomain(Exchange exchange, String parameter) {
        return exchange.query(parameter)
                .map(wanted -> wanted.equals(IdentityJson.DOMAIN_ID))
                .orElse(true);
    }

    private static List<String> tags(Exchange exchange, String parameter) {
        return exchange.query(parameter).map(tags -> List.of(tags.split(","))).orElse(List.of());
    }

    /** A flag that is there counts as set unless it says otherwise: {@code ?enabled}, {@code ?enabled=true}. */
    private static Optional<Boolean> flagIfAsked(Exchange exchange, String parameter) {
        if (!exchange.queryNames().contains(parameter)) {
            return Optional.empty();
        }
        String value = exchange.query(parameter).orElse("");
        return Optional.of(!value.equalsIgnoreCase("false") && !value.equals("0"));
    }
}
