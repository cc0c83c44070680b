package org.sluice.controller.fleet.virtualfunction;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.sluice.controller.http.list.Window;

/** The lease books in SQL. Stateless; callers own the transaction. */
final class VirtualFunctionStore {
    /** As {@link VirtualFunction#marker}; no collation of the database may see it otherwise than byte by byte. */
    static final String MARKER =
            "(h.name || '/' || pf.name || '/' || lpad(cast(vf.index as text), 9, '0')) collate \"C\"";

    private static final String SELECT = """
            select h.name as host, pf.name as physical_function, pf.physical_network, vf.index, vf.address,
                vf.iommu_group, vf.present and pf.present as present, vf.generation, vf.leased_port_id,
                vf.leased_server_id, s.name as server_name, s.status as server_status, p.mac_address
            from virtual_function vf join physical_function pf on pf.id = vf.physical_function_id
                join host h on h.id = pf.host_id left join server s on s.id = vf.leased_server_id
                left join port p on p.id = vf.leased_port_id
            where true""";

    List<VirtualFunction> list(Handle handle, Window window) {
        return window.list(handle.createQuery(SELECT + window.sql()), VirtualFunctionStore::read);
    }

    Optional<VirtualFunction> find(Handle handle, String marker) {
        return handle.createQuery(SELECT + " and " + MARKER + " = :marker")
                .bind("marker", marker)
                .map(VirtualFunctionStore::read)
                .findFirst();
    }

    private static VirtualFunction read(ResultSet row, StatementContext context) throws SQLException {
        return new VirtualFunction(
                row.getString("host"),
                row.getString("physical_function"),
                Optional.ofNullable(row.getString("physical_network")),
                row.getInt("index"),
                row.getString("address"),
                row.getInt("iommu_group"),
                row.getBoolean("present"),
                row.getLong("generation"),
                Optional.ofNullable(row.getObject("leased_port_id", UUID.class)),
                Optional.ofNullable(row.getObject("leased_server_id", UUID.class)),
                Optional.ofNullable(row.getString("server_name")),
                Optional.ofNullable(row.getString("server_status")),
                Optional.ofNullable(row.getString("mac_address")));
    }
}
