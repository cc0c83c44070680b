package org.sluice.controller.compute.flavor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.compute.wire.TextMap;
import org.sluice.controller.http.list.Window;

/** Flavors in SQL. Stateless; callers own the transaction. */
public final class FlavorStore {
    private static final String COLUMNS =
            "id, name, vcpus, memory_mib, disk_gib, is_public, description, extra_specs::text as extra_specs";

    /** The flavor of that id. */
    public Optional<Flavor> find(Handle handle, String id) {
        return handle.createQuery("select " + COLUMNS + " from flavor where id = :id")
                .bind("id", id)
                .map(FlavorStore::read)
                .findOne();
    }

    /**
     * A part of the list.
     *
     * @param isPublic only public or only private ones; both when empty
     */
    List<Flavor> list(Handle handle, Optional<Boolean> isPublic, Window window) {
        String which = isPublic.map(yes -> yes ? "is_public" : "not is_public").orElse("true");
        return window.list(
                handle.createQuery("select " + COLUMNS + " from flavor where " + which + window.sql()),
                FlavorStore::read);
    }

    /** Inserts it unless its id or name is taken; whether it did. */
    boolean insert(Handle handle, Flavor flavor) {
        return handle.createUpdate("""
                        insert into flavor (id, name, vcpus, memory_mib, disk_gib, is_public, description, extra_specs)
                        values (:id, :name, :vcpus, :memory, :disk, :public, :description, cast(:specs as jsonb))
                        on conflict do nothing""")
                        .bind("id", flavor.id())
                        .bind("name", flavor.name())
                        .bind("vcpus", flavor.vcpus())
                        .bind("memory", flavor.memoryMib())
                        .bind("disk", flavor.diskGib())
                        .bind("public", flavor.isPublic())
                        .bind("description", flavor.description())
                        .bind("specs", TextMap.toJson(flavor.extraSpecs()))
                        .execute()
                == 1;
    }

    boolean describe(Handle handle, String id, @Nullable String description) {
        return handle.createUpdate("update flavor set description = :description where id = :id")
                        .bind("id", id)
                        .bind("description", description)
                        .execute()
                == 1;
    }

    boolean delete(Handle handle, String id) {
        return handle.createUpdate("delete from flavor where id = :id")
                        .bind("id", id)
                        .execute()
                == 1;
    }

    /** Adds or replaces these extra specs and keeps the others. */
    boolean putSpecs(Handle handle, String id, Map<String, String> specs) {
        return handle.createUpdate(
                                "update flavor set extra_specs = extra_specs || cast(:specs as jsonb) where id = :id")
                        .bind("id", id)
                        .bind("specs", TextMap.toJson(specs))
                        .execute()
                == 1;
    }

    /** Removes one extra spec; whether it was there. */
    boolean deleteSpec(Handle handle, String id, String key) {
        return handle.createUpdate("update flavor set extra_specs = extra_specs - :key"
                                + " where id = :id and jsonb_exists(extra_specs, :key)")
                        .bind("id", id)
                        .bind("key", key)
                        .execute()
                == 1;
    }

    private static Flavor read(ResultSet row, StatementContext context) throws SQLException {
        return new Flavor(
                row.getString("id"),
                row.getString("name"),
                row.getInt("vcpus"),
                row.getInt("memory_mib"),
                row.getInt("disk_gib"),
                row.getBoolean("is_public"),
                row.getString("description"),
                TextMap.ofJson(row.getString("extra_specs")));
    }
}
