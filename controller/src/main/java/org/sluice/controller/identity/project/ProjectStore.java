package org.sluice.controller.identity.project;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.identity.wire.IdentityProblems;
import org.sluice.controller.policy.RowCondition;

/** Projects in SQL. Stateless; callers own the transaction. */
public final class ProjectStore {
    private static final String SELECT = "select id, name, description, enabled, tags from project p where true";

    /** The project of that identifier. */
    public Optional<Project> find(Handle handle, String id) {
        return handle.createQuery(SELECT + " and id = :id")
                .bind("id", id)
                .map(ProjectStore::read)
                .findOne();
    }

    /** The project of that name. */
    public Optional<Project> findNamed(Handle handle, String name) {
        return handle.createQuery(SELECT + " and name = :name")
                .bind("name", name)
                .map(ProjectStore::read)
                .findOne();
    }

    /** The project of that identifier, which must be there: 404. */
    public Project require(Handle handle, String id) {
        return find(handle, id).orElseThrow(() -> IdentityProblems.notFound("project", id));
    }

    /** As {@link #require}; nobody else changes the row until the handle's transaction ends. */
    Project lock(Handle handle, String id) {
        return handle.createQuery(SELECT + " and id = :id for update")
                .bind("id", id)
                .map(ProjectStore::read)
                .findOne()
                .orElseThrow(() -> IdentityProblems.notFound("project", id));
    }

    List<Project> list(Handle handle, RowCondition seen, Window window) {
        return window.list(
                seen.bind(handle.createQuery(SELECT + " and " + seen.sql() + window.sql())), ProjectStore::read);
    }

    /** The enabled projects in which that user has any role. */
    List<Project> listOfUser(Handle handle, String accountId, Window window) {
        return window.list(
                handle.createQuery(SELECT
                                + " and enabled and exists (select 1 from role_assignment a"
                                + " where a.project_id = p.id and a.account_id = :account)" + window.sql())
                        .bind("account", accountId),
                ProjectStore::read);
    }

    /** Returns whether the name was free. */
    public boolean insert(Handle handle, Project project) {
        return bound(project, handle.createUpdate("""
                        insert into project (id, name, description, enabled, tags)
                        values (:id, :name, :description, :enabled, cast(:tags as text[]))
                        on conflict (name) do nothing""")).execute() == 1;
    }

    void update(Handle handle, Project project) {
        bound(project, handle.createUpdate("""
                        update project set name = :name, description = :description, enabled = :enabled,
                            tags = cast(:tags as text[])
                        where id = :id""")).execute();
    }

    /** What would be nobody's without the project, each kind as {@code 2 servers}. */
    List<String> things(Handle handle, String id) {
        return handle.createQuery("""
                        select n || ' ' || kind || case when n = 1 then '' else 's' end from (
                            select 1 as position, 'server' as kind, count(*) as n from server where project_id = :id
                            union all select 2, 'port', count(*) from port
                                where project_id = :id and not serves and server_id is null
                            union all select 3, 'network', count(*) from network where project_id = :id
                            union all select 4, 'image', count(*) from image where project_id = :id
                            union all select 5, 'security group', count(*) from security_group
                                where project_id = :id and name <> 'default') things
                        where n > 0 order by position""").bind("id", id).mapTo(String.class).list();
    }

    /**
     * Deletes a project with its role assignments and the default security group, which nobody asked for and nothing is left to
     * use; users who had it as default are left without one.
     */
    boolean delete(Handle handle, String id) {
        handle.createUpdate("delete from security_group where project_id = :id and name = 'default'")
                .bind("id", id)
                .execute();
        handle.createUpdate("update account set default_project_id = null where default_project_id = :id")
                .bind("id", id)
                .execute();
        return handle.createUpdate("delete from project where id = :id")
                        .bind("id", id)
                        .execute()
                == 1;
    }

    private static Update bound(Project project, Update update) {
        return update.bind("id", project.id())
                .bind("name", project.name())
                .bind("description", project.description())
                .bind("enabled", project.enabled())
                .bindArray("tags", String.class, project.tags());
    }

    private static Project read(ResultSet row, StatementContext context) throws SQLException {
        return new Project(
                row.getString("id"),
                row.getString("name"),
                row.getString("description"),
                row.getBoolean("enabled"),
                List.of((String[]) row.getArray("tags").getArray()));
    }
}
