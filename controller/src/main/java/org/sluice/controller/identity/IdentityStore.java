package org.sluice.controller.identity;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** SQL of users, projects and roles. Stateless; the caller's handle decides the transaction. */
final class IdentityStore {
    private static final String ACCOUNT =
            "select id, name, password_hash, default_project_id, enabled, email, description from account ";
    private static final String PROJECT = "select id, name, description, enabled, tags from project ";
    private static final String ROLE = "select id, name from role ";

    /** Which role comes with which: admin implies member, member implies reader. */
    private static final String IMPLIED = "(select given.id as given_id, got.id, got.name from role given join role got"
            + " on given.id = got.id or (given.name, got.name) in"
            + " (('admin', 'member'), ('admin', 'reader'), ('member', 'reader')))";

    /** A new identifier as OpenStack writes them: 32 hexadecimal digits. */
    static String newId() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    Optional<Account> accountById(Handle handle, String id) {
        return handle.createQuery(ACCOUNT + "where id = :id")
                .bind("id", id)
                .map((row, context) -> account(row))
                .findOne();
    }

    Optional<Account> accountByName(Handle handle, String name) {
        return handle.createQuery(ACCOUNT + "where name = :name")
                .bind("name", name)
                .map((row, context) -> account(row))
                .findOne();
    }

    /** As {@link #accountById}; nobody else changes the row until the handle's transaction ends. */
    Optional<Account> lockAccount(Handle handle, String id) {
        return handle.createQuery(ACCOUNT + "where id = :id for update")
                .bind("id", id)
                .map((row, context) -> account(row))
                .findOne();
    }

    boolean hasAccounts(Handle handle) {
        return handle.createQuery("select exists (select 1 from account)")
                .mapTo(Boolean.class)
                .one();
    }

    /** The revocations' clock, for a token whose claims are read after this. */
    long mark(Handle handle) {
        return handle.createQuery("select coalesce((select now from revocation_clock), 0)")
                .mapTo(Long.class)
                .one();
    }

    /** Users by name; an empty condition takes all. */
    List<Account> accounts(Handle handle, Optional<String> name, Optional<Boolean> enabled) {
        return handle.createQuery(ACCOUNT + "where (cast(:name as text) is null or name = :name)"
                        + " and (cast(:enabled as boolean) is null or enabled = :enabled) order by name")
                .bind("name", name.orElse(null))
                .bind("enabled", enabled.orElse(null))
                .map((row, context) -> account(row))
                .list();
    }

    /** Returns whether the name was free. */
    boolean insertAccount(Handle handle, Account account) {
        return handle.createUpdate("insert into account (id, name, password_hash, default_project_id, enabled, email,"
                                + " description) values (:id, :name, :hash, :project, :enabled, :email, :description)"
                                + " on conflict (name) do nothing")
                        .bind("id", account.id())
                        .bind("name", account.name())
                        .bind("hash", account.passwordHash())
                        .bind("project", account.defaultProjectId().orElse(null))
                        .bind("enabled", account.enabled())
                        .bind("email", account.email().orElse(null))
                        .bind("description", account.description().orElse(null))
                        .execute()
                == 1;
    }

    void updateAccount(Handle handle, Account account) {
        handle.createUpdate("update account set name = :name, password_hash = :hash, default_project_id = :project,"
                        + " enabled = :enabled, email = :email, description = :description where id = :id")
                .bind("id", account.id())
                .bind("name", account.name())
                .bind("hash", account.passwordHash())
                .bind("project", account.defaultProjectId().orElse(null))
                .bind("enabled", account.enabled())
                .bind("email", account.email().orElse(null))
                .bind("description", account.description().orElse(null))
                .execute();
    }

    /** Returns whether the hash was still the one expected. */
    boolean replacePasswordHash(Handle handle, String id, String expected, String hash) {
        return handle.createUpdate(
                                "update account set password_hash = :hash where id = :id and password_hash = :expected")
                        .bind("id", id)
                        .bind("expected", expected)
                        .bind("hash", hash)
                        .execute()
                == 1;
    }

    boolean deleteAccount(Handle handle, String id) {
        return handle.createUpdate("delete from account where id = :id")
                        .bind("id", id)
                        .execute()
                == 1;
    }

    Optional<Project> projectById(Handle handle, String id) {
        return handle.createQuery(PROJECT + "where id = :id")
                .bind("id", id)
                .map((row, context) -> project(row))
                .findOne();
    }

    Optional<Project> projectByName(Handle handle, String name) {
        return handle.createQuery(PROJECT + "where name = :name")
                .bind("name", name)
                .map((row, context) -> project(row))
                .findOne();
    }

    /** As {@link #projectById}; nobody else changes the row until the handle's transaction ends. */
    Optional<Project> lockProject(Handle handle, String id) {
        return handle.createQuery(PROJECT + "where id = :id for update")
                .bind("id", id)
                .map((row, context) -> project(row))
                .findOne();
    }

    /**
     * What projects are asked for; what is empty takes all.
     *
     * @param tags has all of these
     * @param tagsAny has one of these
     * @param notTags does not have all of these
     * @param notTagsAny has none of these
     */
    record ProjectFilter(
            Optional<String> name,
            Optional<Boolean> enabled,
            List<String> tags,
            List<String> tagsAny,
            List<String> notTags,
            List<String> notTagsAny) {}

    List<Project> projects(Handle handle, ProjectFilter filter) {
        return handle.createQuery(PROJECT + "where (cast(:name as text) is null or name = :name)"
                        + " and (cast(:enabled as boolean) is null or enabled = :enabled)"
                        + " and (cast(:tags as text[]) = '{}' or tags @> cast(:tags as text[]))"
                        + " and (cast(:tagsAny as text[]) = '{}' or tags && cast(:tagsAny as text[]))"
                        + " and (cast(:notTags as text[]) = '{}' or not tags @> cast(:notTags as text[]))"
                        + " and not tags && cast(:notTagsAny as text[]) order by name")
                .bind("name", filter.name().orElse(null))
                .bind("enabled", filter.enabled().orElse(null))
                .bindArray("tags", String.class, filter.tags())
                .bindArray("tagsAny", String.class, filter.tagsAny())
                .bindArray("notTags", String.class, filter.notTags())
                .bindArray("notTagsAny", String.class, filter.notTagsAny())
                .map((row, context) -> project(row))
                .list();
    }

    /** The enabled projects in which that user has any role. */
    List<Project> projectsOf(Handle handle, String accountId) {
        return handle.createQuery(PROJECT
                        + "p where enabled and exists (select 1 from role_assignment a"
                        + " where a.project_id = p.id and a.account_id = :account) order by name")
                .bind("account", accountId)
                .map((row, context) -> project(row))
                .list();
    }

    /** Returns whether the name was free. */
    boolean insertProject(Handle handle, Project project) {
        return handle.createUpdate(
                                "insert into project (id, name, description, enabled, tags) values"
                                        + " (:id, :name, :description, :enabled, cast(:tags as text[])) on conflict (name) do nothing")
                        .bind("id", project.id())
                        .bind("name", project.name())
                        .bind("description", project.description())
                        .bind("enabled", project.enabled())
                        .bindArray("tags", String.class, project.tags())
                        .execute()
                == 1;
    }

    void updateProject(Handle handle, Project project) {
        handle.createUpdate("update project set name = :name, description = :description, enabled = :enabled,"
                        + " tags = cast(:tags as text[]) where id = :id")
                .bind("id", project.id())
                .bind("name", project.name())
                .bind("description", project.description())
                .bind("enabled", project.enabled())
                .bindArray("tags", String.class, project.tags())
                .execute();
    }

    /** Deletes a project with its role assignments; users who had it as default are left without one. */
    boolean deleteProject(Handle handle, String id) {
        handle.createUpdate("update account set default_project_id = null where default_project_id = :id")
                .bind("id", id)
                .execute();
        return handle.createUpdate("delete from project where id = :id")
                        .bind("id", id)
                        .execute()
                == 1;
    }

    /** Roles by name; an empty condition takes all. */
    List<Role> roles(Handle handle, Optional<String> name) {
        return handle.createQuery(ROLE + "where cast(:name as text) is null or name = :name order by name")
                .bind("name", name.orElse(null))
                .map((row, context) -> role(row))
                .list();
    }

    List<Role> rolesNamed(Handle handle, Collection<String> names) {
        return handle.createQuery(ROLE + "where name = any(cast(:names as text[])) order by name")
                .bindArray("names", String.class, names)
                .map((row, context) -> role(row))
                .list();
    }

    Optional<Role> roleById(Handle handle, String id) {
        return handle.createQuery(ROLE + "where id = :id")
                .bind("id", id)
                .map((row, context) -> role(row))
                .findOne();
    }

    Optional<Role> roleByName(Handle handle, String name) {
        return handle.createQuery(ROLE + "where name = :name")
                .bind("name", name)
                .map((row, context) -> role(row))
                .findOne();
    }

    /** Returns whether the name was free. */
    boolean insertRole(Handle handle, Role role) {
        return handle.createUpdate("insert into role (id, name) values (:id, :name) on conflict (name) do nothing")
                        .bind("id", role.id())
                        .bind("name", role.name())
                        .execute()
                == 1;
    }

    /** The roles of a user in a project, with those they imply. */
    List<Role> effectiveRoles(Handle handle, String accountId, String projectId) {
        return handle.createQuery("select distinct i.id, i.name from role_assignment a join " + IMPLIED
                        + " i on i.given_id = a.role_id where a.account_id = :account and a.project_id = :project"
                        + " order by i.name")
                .bind("account", accountId)
                .bind("project", projectId)
                .map((row, context) -> role(row))
                .list();
    }

    /** The roles that were given to a user in a project, without those they imply. */
    List<Role> assignedRoles(Handle handle, String accountId, String projectId) {
        return handle.createQuery(ROLE
                        + "r where exists (select 1 from role_assignment a where a.role_id = r.id"
                        + " and a.account_id = :account and a.project_id = :project) order by name")
                .bind("account", accountId)
                .bind("project", projectId)
                .map((row, context) -> role(row))
                .list();
    }

    /**
     * What role assignments are asked for; what is empty takes all.
     *
     * @param effective whether implied roles are shown as if they were given
     */
    record AssignmentFilter(
            Optional<String> accountId, Optional<String> projectId, Optional<String> roleId, boolean effective) {}

    List<Assigned> assignments(Handle handle, AssignmentFilter filter) {
        return handle.createQuery("select a.account_id, u.name as account_name, a.project_id, p.name as project_name,"
                        + " i.id as role_id, i.name as role_name, nullif(a.role_id, i.id) as given_id"
                        + " from role_assignment a join account u on u.id = a.account_id"
                        + " join project p on p.id = a.project_id join " + IMPLIED + " i on i.given_id = a.role_id"
                        + " where (:effective or i.id = a.role_id)"
                        + " and (cast(:account as text) is null or a.account_id = :account)"
                        + " and (cast(:project as text) is null or a.project_id = :project)"
                        + " and (cast(:role as text) is null or i.id = :role)"
                        + " order by a.account_id, a.project_id, a.role_id, i.id")
                .bind("effective", filter.effective())
                .bind("account", filter.accountId().orElse(null))
                .bind("project", filter.projectId().orElse(null))
                .bind("role", filter.roleId().orElse(null))
                .map((row, context) -> new Assigned(
                        row.getString("account_id"),
                        row.getString("account_name"),
                        row.getString("project_id"),
                        row.getString("project_name"),
                        new Role(row.getString("role_id"), row.getString("role_name")),
                        Optional.ofNullable(row.getString("given_id"))))
                .list();
    }

    boolean isAssigned(Handle handle, RoleAssignment assignment) {
        return handle.createQuery("select exists (select 1 from role_assignment"
                        + " where account_id = :account and project_id = :project and role_id = :role)")
                .bind("account", assignment.accountId())
                .bind("project", assignment.projectId())
                .bind("role", assignment.roleId())
                .mapTo(Boolean.class)
                .one();
    }

    /** Whether anybody can administer the cloud: an enabled user with the role admin in an enabled project. */
    boolean hasAdmin(Handle handle) {
        return handle.createQuery("select exists (select 1 from role_assignment a join role r on r.id = a.role_id"
                        + " join account u on u.id = a.account_id join project p on p.id = a.project_id"
                        + " where r.name = 'admin' and u.enabled and p.enabled)")
                .mapTo(Boolean.class)
                .one();
    }

    /** Returns whether it is new. */
    boolean assign(Handle handle, RoleAssignment assignment) {
        return handle.createUpdate("insert into role_assignment (account_id, project_id, role_id)"
                                + " values (:account, :project, :role) on conflict do nothing")
                        .bind("account", assignment.accountId())
                        .bind("project", assignment.projectId())
                        .bind("role", assignment.roleId())
                        .execute()
                == 1;
    }

    boolean unassign(Handle handle, RoleAssignment assignment) {
        return handle.createUpdate("delete from role_assignment"
                                + " where account_id = :account and project_id = :project and role_id = :role")
                        .bind("account", assignment.accountId())
                        .bind("project", assignment.projectId())
                        .bind("role", assignment.roleId())
                        .execute()
                == 1;
    }

    private static Account account(ResultSet row) throws SQLException {
        return new Account(
                row.getString("id"),
                row.getString("name"),
                row.getString("password_hash"),
                Optional.ofNullable(row.getString("default_project_id")),
                row.getBoolean("enabled"),
                Optional.ofNullable(row.getString("email")),
                Optional.ofNullable(row.getString("description")));
    }

    private static Project project(ResultSet row) throws SQLException {
        return new Project(
                row.getString("id"),
                row.getString("name"),
                row.getString("description"),
                row.getBoolean("enabled"),
                List.of((String[]) row.getArray("tags").getArray()));
    }

    private static Role role(ResultSet row) throws SQLException {
        return new Role(row.getString("id"), row.getString("name"));
    }
}
