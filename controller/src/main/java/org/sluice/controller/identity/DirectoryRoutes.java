package org.sluice.controller.identity;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Database;
import tools.jackson.databind.node.ObjectNode;

/** Projects, users, roles, and who has which role where. */
final class DirectoryRoutes {
    private static final int LONGEST_PROJECT_NAME = 64;
    private static final int LONGEST_NAME = 255;
    private static final String GRANT = "/v3/projects/{project}/users/{user}/roles/{role}";

    private final Jdbi jdbi;
    private final Passwords passwords;
    private final IdentityStore store = new IdentityStore();

    DirectoryRoutes(Database database, Passwords passwords) {
        this.jdbi = requireNonNull(database, "database is null").jdbi();
        this.passwords = requireNonNull(passwords, "passwords is null");
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
        List<ObjectNode> items = jdbi.withHandle(store::projects).stream()
                .filter(project -> matches(exchange, "name", project.name()))
                .filter(project -> matches(exchange, "domain_id", IdentityJson.DOMAIN_ID))
                .filter(project -> matches(exchange, "parent_id", IdentityJson.DOMAIN_ID))
                .filter(project -> matchesFlag(exchange, "enabled", project.enabled()))
                .filter(project -> matchesFlag(exchange, "is_domain", false))
                .map(project -> IdentityJson.project(project, self))
                .toList();
        return Reply.ok(IdentityJson.list("projects", items, self + "/projects"));
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
        ObjectNode json = exchange.bodyObject("project");
        IdentityRules.requireDefaultDomain(json);
        Project project = new Project(
                IdentityStore.newId(),
                IdentityRules.name(json, LONGEST_PROJECT_NAME),
                IdentityRules.optionalText(json, "description").orElse(""),
                IdentityRules.flag(json, "enabled", true));
        if (!jdbi.withHandle(handle -> store.insertProject(handle, project))) {
            throw IdentityRules.nameTaken("project", project.name());
        }
        return Reply.json(201, projectJson(exchange, project));
    }

    private Reply updateProject(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:update_project");
        ObjectNode json = exchange.bodyObject("project");
        IdentityRules.requireDefaultDomain(json);
        Project changed = jdbi.inTransaction(handle -> {
            Project project = existingProject(handle, exchange.path("id"));
            String name = json.has("name") ? IdentityRules.name(json, LONGEST_PROJECT_NAME) : project.name();
            if (store.projectByName(handle, name)
                    .filter(other -> !other.id().equals(project.id()))
                    .isPresent()) {
                throw IdentityRules.nameTaken("project", name);
            }
            Project next = new Project(
                    project.id(),
                    name,
                    IdentityRules.optionalText(json, "description").orElse(project.description()),
                    IdentityRules.flag(json, "enabled", project.enabled()));
            store.updateProject(handle, next);
            return next;
        });
        return Reply.ok(projectJson(exchange, changed));
    }

    private Reply deleteProject(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:delete_project");
        String id = exchange.path("id");
        if (!jdbi.inTransaction(handle -> store.deleteProject(handle, id))) {
            throw IdentityRules.notFound("project", id);
        }
        return Reply.empty(204);
    }

    private Reply users(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:list_users");
        String self = AuthRoutes.self(exchange);
        List<ObjectNode> items = jdbi.withHandle(store::accounts).stream()
                .filter(account -> matches(exchange, "name", account.name()))
                .filter(account -> matches(exchange, "domain_id", IdentityJson.DOMAIN_ID))
                .filter(account -> matchesFlag(exchange, "enabled", account.enabled()))
                .map(account -> IdentityJson.user(account, self))
                .toList();
        return Reply.ok(IdentityJson.list("users", items, self + "/users"));
    }

    private Reply user(Exchange exchange) {
        String id = exchange.path("id");
        IdentityRules.requireAdminOr(id.equals(exchange.caller().userId()), exchange.caller(), "identity:get_user");
        return Reply.ok(userJson(exchange, jdbi.withHandle(handle -> existingAccount(handle, id))));
    }

    private Reply createUser(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:create_user");
        ObjectNode json = exchange.bodyObject("user");
        IdentityRules.requireDefaultDomain(json);
        String name = IdentityRules.name(json, LONGEST_NAME);
        String password = IdentityRules.optionalText(json, "password")
                .orElseThrow(() -> IdentityRules.invalid("password", "is a required property"));
        Account account = new Account(
                IdentityStore.newId(),
                name,
                passwords.hash(password),
                IdentityRules.optionalText(json, "default_project_id"),
                IdentityRules.flag(json, "enabled", true));
        boolean made = jdbi.inTransaction(handle -> {
            account.defaultProjectId().ifPresent(id -> existingProject(handle, id));
            return store.insertAccount(handle, account);
        });
        if (!made) {
            throw IdentityRules.nameTaken("user", name);
        }
        return Reply.json(201, userJson(exchange, account));
    }

    private Reply updateUser(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:update_user");
        ObjectNode json = exchange.bodyObject("user");
        IdentityRules.requireDefaultDomain(json);
        Optional<String> hash = IdentityRules.optionalText(json, "password").map(passwords::hash);
        Account changed = jdbi.inTransaction(handle -> {
            Account account = existingAccount(handle, exchange.path("id"));
            String name = json.has("name") ? IdentityRules.name(json, LONGEST_NAME) : account.name();
            if (store.accountByName(handle, name)
                    .filter(other -> !other.id().equals(account.id()))
                    .isPresent()) {
                throw IdentityRules.nameTaken("user", name);
            }
            Optional<String> home = json.has("default_project_id")
                    ? IdentityRules.optionalText(json, "default_project_id")
                    : account.defaultProjectId();
            home.ifPresent(id -> existingProject(handle, id));
            Account next = new Account(
                    account.id(),
                    name,
                    hash.orElse(account.passwordHash()),
                    home,
                    IdentityRules.flag(json, "enabled", account.enabled()));
            store.updateAccount(handle, next);
            return next;
        });
        return Reply.ok(userJson(exchange, changed));
    }

    private Reply deleteUser(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:delete_user");
        String id = exchange.path("id");
        if (!jdbi.withHandle(handle -> store.deleteAccount(handle, id))) {
            throw IdentityRules.notFound("user", id);
        }
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
        List<ObjectNode> items = jdbi.withHandle(store::roles).stream()
                .filter(role -> matches(exchange, "name", role.name()))
                .map(role -> IdentityJson.role(role, self))
                .toList();
        return Reply.ok(IdentityJson.list("roles", items, self + "/roles"));
    }

    private Reply role(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:get_role");
        Role role = jdbi.withHandle(handle -> existingRole(handle, exchange.path("id")));
        return Reply.ok(IdentityJson.wrap("role", IdentityJson.role(role, AuthRoutes.self(exchange))));
    }

    private Reply assignments(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:list_role_assignments");
        String self = AuthRoutes.self(exchange);
        boolean withNames = exchange.queryNames().contains("include_names") && flag(exchange, "include_names");
        List<ObjectNode> items = jdbi.withHandle(handle -> store.assignments(handle).stream()
                .filter(assignment -> matches(exchange, "user.id", assignment.accountId()))
                .filter(assignment -> matches(exchange, "scope.project.id", assignment.projectId()))
                .filter(assignment -> matches(exchange, "role.id", assignment.roleId()))
                .map(assignment -> withNames
                        ? IdentityJson.namedAssignment(
                                assignment,
                                existingProject(handle, assignment.projectId()).name(),
                                existingAccount(handle, assignment.accountId()).name(),
                                existingRole(handle, assignment.roleId()).name(),
                                self)
                        : IdentityJson.assignment(assignment, self))
                .toList());
        return Reply.ok(IdentityJson.list("role_assignments", items, self + "/role_assignments"));
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
        jdbi.useTransaction(handle -> store.assign(handle, existingParties(handle, exchange)));
        return Reply.empty(204);
    }

    private Reply checkGrant(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:check_grant");
        RoleAssignment asked = jdbi.withHandle(handle -> existingParties(handle, exchange));
        if (!jdbi.withHandle(store::assignments).contains(asked)) {
            throw IdentityRules.notFound("role assignment with role", asked.roleId());
        }
        return Reply.empty(204);
    }

    private Reply revoke(Exchange exchange) {
        IdentityRules.requireAdmin(exchange.caller(), "identity:revoke_grant");
        jdbi.useTransaction(handle -> {
            RoleAssignment asked = existingParties(handle, exchange);
            if (!store.unassign(handle, asked)) {
                throw IdentityRules.notFound("role assignment with role", asked.roleId());
            }
        });
        return Reply.empty(204);
    }

    private RoleAssignment existingParties(Handle handle, Exchange exchange) {
        return new RoleAssignment(
                existingAccount(handle, exchange.path("user")).id(),
                existingProject(handle, exchange.path("project")).id(),
                existingRole(handle, exchange.path("role")).id());
    }

    private Project existingProject(Handle handle, String id) {
        return store.projectById(handle, id).orElseThrow(() -> IdentityRules.notFound("project", id));
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

    private static boolean matches(Exchange exchange, String parameter, String value) {
        return exchange.query(parameter).map(wanted -> wanted.equals(value)).orElse(true);
    }

    private static boolean matchesFlag(Exchange exchange, String parameter, boolean value) {
        return !exchange.queryNames().contains(parameter) || flag(exchange, parameter) == value;
    }

    /** A flag that is there counts as set unless it says otherwise: {@code ?enabled}, {@code ?enabled=true}. */
    private static boolean flag(Exchange exchange, String parameter) {
        String value = exchange.query(parameter).orElse("");
        return !value.equalsIgnoreCase("false") && !value.equals("0");
    }
}
