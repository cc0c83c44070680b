package org.sluice.controller.identity.assignment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.identity.role.Role;
import org.sluice.controller.identity.role.RoleStore;
import org.sluice.controller.policy.RowCondition;

/** Who has which role where, in SQL. Stateless; callers own the transaction. */
public final class AssignmentStore {
    /** Both tables as one; the place is {@link Place#key}. */
    private static final String ALL = """
            (select account_id, project_id as place, role_id from role_assignment
             union all select account_id, scope, role_id from cloud_assignment)""";

    private static final String SELECT = "select * from (select a.account_id, u.name as account_name, a.place,"
            + " p.id as project_id, p.name as project_name, i.id as role_id, i.name as role_name, a.role_id as given_id,"
            + " a.account_id || '/' || a.place || '/' || a.role_id || '/' || i.id as key"
            + " from " + ALL + " a join account u on u.id = a.account_id join " + RoleStore.IMPLIED
            + " i on i.given_id = a.role_id left join project p on p.id = a.place) assigned"
            + " where (:effective or role_id = given_id)";

    /** With implied roles as if they were given, if {@code effective}. */
    List<Assigned> list(Handle handle, RowCondition seen, boolean effective, Window window) {
        return window.list(
                seen.bind(handle.createQuery(SELECT + " and " + seen.sql() + window.sql()))
                        .bind("effective", effective),
                AssignmentStore::read);
    }

    Optional<Assigned> find(Handle handle, RowCondition seen, String key) {
        return seen.bind(handle.createQuery(SELECT + " and " + seen.sql() + " and key = :key"))
                .bind("effective", true)
                .bind("key", key)
                .map(AssignmentStore::read)
                .findOne();
    }

    /** The roles of a user in a place, with those they imply, by name. */
    public List<Role> effectiveRoles(Handle handle, String accountId, Place place) {
        return handle.createQuery("select distinct i.id, i.name from " + ALL + " a join " + RoleStore.IMPLIED
                        + " i on i.given_id = a.role_id where a.account_id = :account and a.place = :place"
                        + " order by i.name")
                .bind("account", accountId)
                .bind("place", place.key())
                .map(AssignmentStore::role)
                .list();
    }

    /** The roles that were given to a user in a place, without those they imply. */
    List<Role> given(Handle handle, String accountId, Place place, Window window) {
        return window.list(
                handle.createQuery("select id, name from role r where exists (select 1 from " + ALL
                                + " a where a.role_id = r.id and a.account_id = :account and a.place = :place)"
                                + window.sql())
                        .bind("account", accountId)
                        .bind("place", place.key()),
                AssignmentStore::role);
    }

    /** Whether the role was given. */
    boolean has(Handle handle, RoleAssignment assignment) {
        return bound(
                        assignment,
                        handle.createQuery("select exists (select 1 from " + ALL
                                + " a where account_id = :account and place = :place and role_id = :role)"))
                .mapTo(Boolean.class)
                .one();
    }

    /** Returns whether it is new. */
    public boolean insert(Handle handle, RoleAssignment assignment) {
        return bound(
                                assignment,
                                handle.createUpdate("insert into " + columns(assignment)
                                        + " values (:account, :place, :role) on conflict do nothing"))
                        .execute()
                == 1;
    }

    boolean delete(Handle handle, RoleAssignment assignment) {
        return bound(
                                assignment,
                                handle.createUpdate("delete from "
                                        + switch (assignment.place()) {
                                            case Place.OfProject _ -> "role_assignment where project_id = :place";
                                            case Place.OfDomain _, Place.OfCloud _ ->
                                                "cloud_assignment where scope = :place";
                                        }
                                        + " and account_id = :account and role_id = :role"))
                        .execute()
                == 1;
    }

    private static String columns(RoleAssignment assignment) {
        return switch (assignment.place()) {
            case Place.OfProject _ -> "role_assignment (account_id, project_id, role_id)";
            case Place.OfDomain _, Place.OfCloud _ -> "cloud_assignment (account_id, scope, role_id)";
        };
    }

    private static <S extends SqlStatement<S>> S bound(RoleAssignment assignment, S statement) {
        return statement
                .bind("account", assignment.accountId())
                .bind("place", assignment.place().key())
                .bind("role", assignment.roleId());
    }

    private static Role role(ResultSet row, StatementContext context) throws SQLException {
        return new Role(row.getString("id"), row.getString("name"));
    }

    private static Assigned read(ResultSet row, StatementContext context) throws SQLException {
        return new Assigned(
                row.getString("account_id"),
                row.getString("account_name"),
                row.getString("place"),
                Optional.ofNullable(row.getString("project_name")),
                new Role(row.getString("role_id"), row.getString("role_name")),
                row.getString("given_id"),
                row.getString("key"));
    }
}
