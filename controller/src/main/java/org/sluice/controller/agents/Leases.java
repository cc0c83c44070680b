package org.sluice.controller.agents;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.VirtualFunctionLease;

/** Reads leases in the protocol's terms. */
final class Leases {
    /** Columns of a lease; {@code vf} and {@code pf} are open to conditions. */
    static final String SELECT = """
            select vf.leased_port_id, pf.serial, pf.port, vf.index, vf.generation
            from virtual_function vf join physical_function pf on pf.id = vf.physical_function_id
            """;

    private Leases() {}

    static VirtualFunctionLease read(ResultSet row) throws SQLException {
        return new VirtualFunctionLease(
                new PhysicalFunctionKey(row.getString("serial"), row.getInt("port")),
                row.getInt("index"),
                row.getLong("generation"));
    }
}
