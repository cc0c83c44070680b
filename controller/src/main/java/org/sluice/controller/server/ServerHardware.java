package org.sluice.controller.server;

import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.Hosts;
import org.sluice.model.HostId;
import org.sluice.model.Resources;
import org.sluice.model.ServerId;

/**
 * What servers are made of, in SQL; what they take of their hosts is their claims'. The host of one that changes is told. Stateless; the
 * caller owns the transaction. Locks in the order server, host.
 */
public final class ServerHardware {
    /** What the server is made of. */
    public Hardware of(Handle handle, ServerId server) {
        return handle.createQuery("""
                        select flavor_id, flavor_name, vcpus, memory_mib, disk_gib, flavor_disk_gib, extra_specs
                        from server where id = :server""")
                .bind("server", server.value())
                .map((row, _) -> new Hardware(
                        row.getString("flavor_id"),
                        row.getString("flavor_name"),
                        new Resources(row.getInt("vcpus"), row.getInt("memory_mib"), row.getInt("disk_gib")),
                        row.getInt("flavor_disk_gib"),
                        row.getString("extra_specs")))
                .one();
    }

    /** The server is made of that when it is started next. */
    public void equip(Handle handle, ServerId server, Hardware hardware) {
        handle.createUpdate("""
                        update server set flavor_id = :flavor, flavor_name = :name, vcpus = :vcpus, memory_mib = :memory,
                            disk_gib = :disk, flavor_disk_gib = :flavorDisk, extra_specs = cast(:specs as jsonb),
                            updated_at = now()
                        where id = :server""")
                .bind("server", server.value())
                .bind("flavor", hardware.flavorId())
                .bind("name", hardware.flavorName())
                .bind("vcpus", hardware.resources().vcpus())
                .bind("memory", hardware.resources().memoryMib())
                .bind("disk", hardware.resources().diskGib())
                .bind("flavorDisk", hardware.flavorDiskGib())
                .bind("specs", hardware.extraSpecs())
                .execute();
        changed(handle, server);
    }

    /** Its root disk becomes a new one on top of what it is, which is kept; one at a time. */
    public void growDisk(Handle handle, ServerId server) {
        disk(handle, server, """
                disk_kept = coalesce(disk_kept, disk), disk_newest = disk_newest + case when disk_kept is null then 1 else 0 end,
                disk = case when disk_kept is null then disk_newest + 1 else disk end""");
    }

    /** Its root disk becomes the one that was kept, if one was; what was written since is gone. */
    public void revertDisk(Handle handle, ServerId server) {
        disk(handle, server, "disk = coalesce(disk_kept, disk), disk_kept = null");
    }

    /** Its root disk stays, and the one of before is not wanted back. */
    public void keepDisk(Handle handle, ServerId server) {
        disk(handle, server, "disk_kept = null");
    }

    private static void disk(Handle handle, ServerId server, String change) {
        handle.createUpdate("update claim set " + change + " where server_id = :server and role = 'current'")
                .bind("server", server.value())
                .execute();
        changed(handle, server);
    }

    private static void changed(Handle handle, ServerId server) {
        handle.createQuery("select host_id from claim where server_id = :server and role = 'current'")
                .bind("server", server.value())
                .mapTo(UUID.class)
                .findOne()
                .ifPresent(host -> Hosts.changed(handle, new HostId(host), server));
    }
}
