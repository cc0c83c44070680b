package org.sluice.controller.host;

import org.jdbi.v3.core.Handle;
import org.sluice.model.HostId;
import org.sluice.model.Resources;
import org.sluice.model.ServerId;

/** How much of a host is taken. Whoever takes of it locks the host's row by that. Stateless; callers own the transaction. */
public final class HostRoom {
    /** Gives {@code :vcpus}, {@code :memory} and {@code :disk} of {@code :host} back, in a batch with the claim that ends. */
    public static final String GIVE_BACK = """
            update host set vcpus_used = vcpus_used - :vcpus, memory_mib_used = memory_mib_used - :memory,
                disk_gib_used = disk_gib_used - :disk where id = :host;
            """;

    private HostRoom() {}

    /** Takes so much for a server that has no claim there; false when it has not so much, or takes no servers. */
    public static boolean take(Handle handle, HostId host, ServerId server, Resources resources) {
        return handle.createUpdate("""
                        update host set vcpus_used = vcpus_used + :vcpus,
                            memory_mib_used = memory_mib_used + :memory, disk_gib_used = disk_gib_used + :disk
                        where id = :host and enabled and forced_down_at is null
                          and vcpus_used + :vcpus <= vcpus_total
                          and memory_mib_used + :memory <= memory_mib_total
                          and disk_gib_used + :disk <= disk_gib_total
                          and not exists (select 1 from claim where server_id = :server and host_id = :host)""")
                        .bind("server", server.value())
                        .bind("host", host.value())
                        .bind("vcpus", resources.vcpus())
                        .bind("memory", resources.memoryMib())
                        .bind("disk", resources.diskGib())
                        .execute()
                == 1;
    }

    /** Takes more or less of it than before; false when it has no room for more. */
    public static boolean change(Handle handle, HostId host, Resources from, Resources to) {
        return handle.createUpdate("""
                        update host set vcpus_used = vcpus_used + :vcpus, memory_mib_used = memory_mib_used + :memory,
                            disk_gib_used = disk_gib_used + :disk
                        where id = :host and (:vcpus <= 0 or vcpus_used + :vcpus <= vcpus_total)
                          and (:memory <= 0 or memory_mib_used + :memory <= memory_mib_total)
                          and (:disk <= 0 or disk_gib_used + :disk <= disk_gib_total)""")
                        .bind("host", host.value())
                        .bind("vcpus", to.vcpus() - from.vcpus())
                        .bind("memory", to.memoryMib() - from.memoryMib())
                        .bind("disk", to.diskGib() - from.diskGib())
                        .execute()
                == 1;
    }
}
