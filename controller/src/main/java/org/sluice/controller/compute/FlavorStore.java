package org.sluice.controller.compute;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** Flavors in SQL. Stateless; callers own the transaction. */
final class FlavorStore {
    private static final String COLUMNS =
            "id, name, vcpus, memory_mib, disk_gib, is_public, description, extra_specs::text as extra_specs";

    /** What a flavor can be sorted by, by the name of the API. */
    enum SortKey {
        FLAVORID("id"),
        NAME("name"),
        MEMORY_MB("memory_mib"),
        VCPUS("vcpus"),
        ROOT_GB("disk_gib");

        private final String column;

        SortKey(String column) {
            this.column = column;
        }
    }

    /**
     * Which flavors to list.
     *
     * @param isPublic only public or only private ones; both when empty
     * @param smallestMemoryMib at least so much memory
     * @param smallestDiskGib at least so much disk
     */
    record Filter(
            Optional<Boolean> isPublic,
            int smallestMemoryMib,
            int smallestDiskGib,
            SortKey sortKey,
            boolean descending,
            int limit,
            Optional<String> marker) {}

    Optional<Flavor> find(Handle handle, String id) {
        return handle.createQuery("select " + COLUMNS + " from flavor where id = :id")
                .bind("id", id)
                .map(FlavorStore::read)
                .findOne();
    }

    List<Flavor> list(Handle handle, Filter filter) {
        String column = filter.sortKey().column;
        String order = filter.descending() ? "desc" : "asc";
        String after = filter.marker().isEmpty()
                ? ""
                : " and (" + column + ", id) " + (filter.descending() ? "<" : ">") + " (select " + column
                        + ", id from flavor where id = :marker)";
        Query query = handle.createQuery("select " + COLUMNS + " from flavor where memory_mib >= :memory"
                        + " and disk_gib >= :disk and (cast(:public as boolean) is null or is_public = cast(:public as boolean))"
                        + after
                        + " order by " + column + " " + order + ", id " + order + " limit :limit")
                .bind("memory", filter.smallestMemoryMib())
                .bind("disk", filter.smallestDiskGib())
                .bind("public", filter.isPublic().orElse(null))
                .bind("limit", filter.limit());
        filter.marker().ifPresent(marker -> query.bind("marker", marker));
        return query.map(FlavorStore::read).list();
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
