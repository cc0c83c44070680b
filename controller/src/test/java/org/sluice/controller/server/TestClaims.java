package org.sluice.controller.server;

import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;

/** Claims without a scheduler, for tests of what hangs on them. */
public final class TestClaims {
    private TestClaims() {}

    /** Makes the server if there is none, and claims nothing but a place for it on the host. */
    public static void claim(Handle handle, ServerId server, HostId host, String project) {
        handle.execute("""
                insert into server (id, project_id, user_id, name, hostname, status, image_id, flavor_id, flavor_name,
                    vcpus, memory_mib, disk_gib, image_facts, reservation_id)
                values (?, ?, 'user', 'vm00', 'vm00', 'BUILD', ?, '1', 'm1.standard', 1, 1024, 1, '{}', 'r-1')
                on conflict do nothing""", server.value(), project, UUID.randomUUID());
        handle.execute("""
                insert into claim (server_id, host_id, role, generation, vcpus, memory_mib, disk_gib)
                values (?, ?, 'current', 1, 0, 0, 0)""", server.value(), host.value());
        handle.execute("update server set claims = 1, host_id = ? where id = ?", host.value(), server.value());
    }
}
