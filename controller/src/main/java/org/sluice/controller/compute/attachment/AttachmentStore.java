package org.sluice.controller.compute.attachment;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.store.Columns;
import org.sluice.model.ServerId;

/** What a server is attached to, in SQL. Stateless; callers own the transaction. */
final class AttachmentStore {
    /**
     * A NIC.
     *
     * @param subnets one for each of {@code ips}
     */
    record Interface(UUID port, UUID network, String mac, String status, List<String> subnets, List<String> ips) {}

    /** A security group of a server's NICs. */
    record Group(String id, String name, String description, String project) {}

    List<Interface> interfaces(Handle handle, ServerId server) {
        return handle.createQuery("""
                        select p.id, p.network_id, p.mac_address, p.status,
                               array(select cast(a.subnet_id as text) from port_address a where a.port_id = p.id
                                     order by family(a.address), a.address) as subnets,
                               array(select host(a.address) from port_address a where a.port_id = p.id
                                     order by family(a.address), a.address) as ips
                        from port p where p.server_id = :server order by p.nic_index""")
                .bind("server", server.value())
                .map((row, context) -> new Interface(
                        Columns.uuid(row, "id"),
                        Columns.uuid(row, "network_id"),
                        row.getString("mac_address"),
                        row.getString("status"),
                        Columns.texts(row, "subnets"),
                        Columns.texts(row, "ips")))
                .list();
    }

    List<Group> groups(Handle handle, ServerId server) {
        return handle.createQuery("""
                        select distinct g.id, g.name, g.description, g.project_id
                        from port p join port_security_group pg on pg.port_id = p.id
                        join security_group g on g.id = pg.security_group_id
                        where p.server_id = :server order by g.name, g.id""")
                .bind("server", server.value())
                .map((row, context) -> new Group(
                        row.getString("id"),
                        row.getString("name"),
                        row.getString("description"),
                        row.getString("project_id")))
                .list();
    }
}
