package org.sluice.controller.identity.role;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.list.Window;
import org.sluice.controller.identity.wire.IdentityProblems;

/** Roles in SQL, and which comes with which. Stateless; callers own the transaction. */
public final class RoleStore {
    /** The roles that there are, each of which but the last one implies the next; service implies none. */
    public static final List<String> NAMES = List.of("admin", "manager", "member", "reader", "service");

    /** Pairs of the role that is given and one that it comes to, as a table. */
    public static final String IMPLIED = """
            (select given.id as given_id, got.id, got.name from role given join role got
             on given.id = got.id or (given.name, got.name) in
             (('admin', 'manager'), ('admin', 'member'), ('admin', 'reader'), ('manager', 'member'), ('manager', 'reader'),
              ('member', 'reader')))""";

    private static final String SELECT = "select id, name from role where true";

    /** The role of that identifier, which must be there: 404. */
    public Role require(Handle handle, String id) {
        return find(handle, id).orElseThrow(() -> IdentityProblems.notFound("role", id));
    }

    /** The role of that identifier. */
    public Optional<Role> find(Handle handle, String id) {
        return handle.createQuery(SELECT + " and id = :id")
                .bind("id", id)
                .map(RoleStore::read)
                .findOne();
    }

    /** The role of that name. */
    public Optional<Role> findNamed(Handle handle, String name) {
        return handle.createQuery(SELECT + " and name = :name")
                .bind("name", name)
                .map(RoleStore::read)
                .findOne();
    }

    /** The roles of these names, in the order of theirs. */
    public List<Role> named(Handle handle, Collection<String> names) {
        return handle.createQuery(SELECT + " and name = any(cast(:names as text[])) order by name")
                .bindArray("names", String.class, names)
                .map(RoleStore::read)
                .list();
    }

    List<Role> list(Handle handle, Window window) {
        return window.list(handle.createQuery(SELECT + window.sql()), RoleStore::read);
    }

    /** Returns whether the name was free. */
    public boolean insert(Handle handle, Role role) {
        return handle.createUpdate("insert into role (id, name) values (:id, :name) on conflict (name) do nothing")
                        .bind("id", role.id())
                        .bind("name", role.name())
                        .execute()
                == 1;
    }

    private static Role read(ResultSet row, StatementContext context) throws SQLException {
        return new Role(row.getString("id"), row.getString("name"));
    }
}
