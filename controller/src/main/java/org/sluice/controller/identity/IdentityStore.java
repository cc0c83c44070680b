package org.sluice.controller.identity;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** SQL of users, projects and roles. Stateless; the caller's handle decides the transaction. */
final class IdentityStore {
    private static final String ACCOUNT = "select id, name, password_hash, default_project_id, enabled from account ";
    private static final String PROJECT = "select id, name, description, enabled from project ";
    private static final String ROLE = "select id, name from role ";

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

    List<Account> accounts(Handle handle) {
        return handle.createQuery(ACCOUNT + "order by name")
                .map((row, context) -> account(row))
                .list();
    }

    /** Returns whether the name was free. */
    boolean insertAccount(Handle handle, Account account) {
        return handle.createUpdate("insert into account (id, name, password_hash, default_project_id, enabled)"
                                + " values (:id, :name, :hash, :project, :enabled) on conflict (name) do nothing")
                        .bind("id", account.id())
                        .bind("name", account.name())
                        .bind("hash", account.passwordHash())
                        .bind("project", account.defaultProjectId().orElse(null))
                        .bind("enabled", account.enabled())
                        .execute()
                == 1;
    }

    void updateAccount(Handle handle, Account account) {
        handle.createUpdate("update account set name = :name, password_hash = :hash, default_project_id = :project,"
                        + " enabled = :enabled where id = :id")
                .bind("id", account.id())
                .bind("name", account.name())
                .bind("hash", account.passwordHash())
                .bind("project", account.defaultProjectId().orElse(null))
                .bind("enabled", account.enabled())
                .execute();
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

    List<Project> projects(Handle handle) {
        return handle.createQuery(PROJECT + "order by name")
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
        return handle.createUpdate("insert into project (id, name, description, enabled)"
                                + " values (:id, :name, :description, :enabled) on conflict (name) do nothing")
                        .bind("id", project.id())
                        .bind("name", project.name())
                        .bind("description", project.description())
                        .bind("enabled", project.enabled())
                        .execute()
                == 1;
    }

    void updateProject(Handle handle, Project project) {
        handle.createUpdate("update project set name = :name, description = :description, enabled = :enabled"
                        + " where id = :id")
                .bind("id", project.id())
                .bind("name", project.name())
                .bind("description", project.description())
                .bind("enabled", project.enabled())
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

    List<Role> roles(Handle handle) {
        return handle.createQuery(ROLE + "order by name")
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

    /** The roles of a user in a project, with those they imply: admin implies member, member implies reader. */
    List<Role> effectiveRoles(Handle handle, String accountId, String projectId) {
        return handle.createQuery(ROLE
                        + "r where exists (select 1 from role_assignment a join role given on given.id = a.role_id"
                        + " where a.account_id = :account and a.project_id = :project and (given.id = r.id"
                        + " or (given.name = 'admin' and r.name in ('member', 'reader'))"
                        + " or (given.name = 'member' and r.name = 'reader'))) order by name")
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

    List<RoleAssignment> assignments(Handle handle) {
        return handle.createQuery("select account_id, project_id, role_id from role_assignment"
                        + " order by account_id, project_id, role_id")
                .map((row, context) -> new RoleAssignment(
                        row.getString("account_id"), row.getString("project_id"), row.getString("role_id")))
                .list();
    }

    void assign(Handle handle, RoleAssignment assignment) {
        handle.createUpdate("insert into role_assignment (account_id, project_id, role_id)"
                        + " values (:account, :project, :role) on conflict do nothing")
                .bind("account", assignment.accountId())
                .bind("project", assignment.projectId())
                .bind("role", assignment.roleId())
                .execute();
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
                row.getBoolean("enabled"));
    }

    private static Project project(ResultSet row) throws SQLException {
        return new Project(
                row.getString("id"), row.getString("name"), row.getString("description"), row.getBoolean("enabled"));
    }

    private static Role role(ResultSet row) throws SQLException {
        return new Role(row.getString("id"), row.getString("name"));
    }
}
