package org.sluice.controller.agents;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.HostSigns;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.http.Json;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.protocol.Inventory;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;

/**
 * Writes what a host has. Nothing found or missing ever ends a lease or moves a mapping: a function that is not in the
 * inventory is marked absent, and keeps its row, its generation and its lease. Stateless; the caller owns the transaction.
 */
final class InventoryStore {
    void put(Handle handle, HostId host, Inventory inventory) {
        refuseTwins(inventory);
        boolean known = HostSigns.has(
                handle,
                host,
                inventory,
                Json.MAPPER.writeValueAsString(inventory.faults()),
                Json.MAPPER.writeValueAsString(inventory.interfaces()));
        if (!known) {
            throw UnknownHost.problem(handle, host);
        }
        String functions = Json.MAPPER.writeValueAsString(inventory.physicalFunctions());
        if (putPhysicalFunctions(handle, host, functions)) {
            Hosts.changedBesideServers(handle, List.of(host));
        }
        putVirtualFunctions(handle, host, functions);
        if (inventory.served().isPresent()
                && ServicePorts.served(handle, host, inventory.served().get())) {
            Hosts.changed(handle, host);
        }
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
    }

    /** Notes where the host's agent calls from. */
    void calledFrom(Handle handle, HostId host, InetAddress address) {
        // Without the zone of a link-local address, which is this machine's name for its link.
        HostSigns.callsFrom(handle, host, address.getHostAddress().split("%", 2)[0]);
    }

    /** Says whether one went, or came back: hosts are told of those that are there. */
    private static boolean putPhysicalFunctions(Handle handle, HostId host, String functions) {
        int changed = handle.createUpdate("""
                        update physical_function pf set present = found.present
                        from (select id, (serial, port) in (
                                select f -> 'key' ->> 'serial', cast(f -> 'key' ->> 'port' as integer)
                                from jsonb_array_elements(cast(:functions as jsonb)) f) as present
                            from physical_function where host_id = :host) found
                        where pf.id = found.id and pf.present <> found.present""")
                .bind("host", host.value())
                .bind("functions", functions)
                .execute();
        handle.createUpdate("""
                        insert into physical_function (id, host_id, serial, port, name, address, vendor_id, device_id,
                            vf_device_id, driver, numa_node, total_vfs, mac, carrier, fault, present)
                        select gen_random_uuid(), :host, f.key ->> 'serial', cast(f.key ->> 'port' as integer), f.name,
                            f.address, f."vendorId", f."deviceId", f."virtualFunctionDeviceId", f.driver, f."numaNode",
                            f."totalVirtualFunctions", f.mac, f.carrier, f.fault, true
                        from jsonb_to_recordset(cast(:functions as jsonb)) as f(key jsonb, name text, address text,
                            "vendorId" text, "deviceId" text, "virtualFunctionDeviceId" text, driver text,
                            "numaNode" integer, "totalVirtualFunctions" integer, mac text, carrier boolean, fault text)
                        on conflict (host_id, serial, port) do update set name = excluded.name,
                            address = excluded.address, vendor_id = excluded.vendor_id, device_id = excluded.device_id,
                            vf_device_id = excluded.vf_device_id, driver = excluded.driver,
                            numa_node = excluded.numa_node, total_vfs = excluded.total_vfs, mac = excluded.mac,
                            carrier = excluded.carrier, fault = excluded.fault, present = true""")
                .bind("host", host.value())
                .bind("functions", functions)
                .execute();
        return changed > 0;
    }

    private static void putVirtualFunctions(Handle handle, HostId host, String functions) {
        handle.createUpdate("""
                        with found as (
                            select pf.id, v.index, v.address, v."iommuGroup" as iommu_group
                            from jsonb_array_elements(cast(:functions as jsonb)) f
                            join physical_function pf on pf.host_id = :host and pf.serial = f -> 'key' ->> 'serial'
                                and pf.port = cast(f -> 'key' ->> 'port' as integer),
                            lateral jsonb_to_recordset(f -> 'virtualFunctions') as v(index integer, address text,
                                "iommuGroup" integer)),
                        gone as (
                            update virtual_function vf set present = false from physical_function pf
                            where pf.id = vf.physical_function_id and pf.host_id = :host and vf.present
                              and (vf.physical_function_id, vf.index) not in (select id, index from found))
                        insert into virtual_function as vf (physical_function_id, index, address, iommu_group, present)
                        select id, index, address, iommu_group, true from found
                        on conflict (physical_function_id, index) do update set address = excluded.address,
                            iommu_group = excluded.iommu_group, present = true
                        where (vf.address, vf.iommu_group, vf.present)
                            is distinct from (excluded.address, excluded.iommu_group, true)""")
                .bind("host", host.value())
                .bind("functions", functions)
                .execute();
    }

    private static void refuseTwins(Inventory inventory) {
        Set<PhysicalFunctionKey> keys = new HashSet<>();
        for (PhysicalFunction function : inventory.physicalFunctions()) {
            if (!keys.add(function.key())) {
                throw Problem.of(
                                Problem.Kind.BAD_REQUEST,
                                "PhysicalFunctionTwice",
                                "Two physical functions of the inventory have serial "
                                        + function.key().serial()
                                        + " and port " + function.key().port() + "; '" + function.name()
                                        + "' is one of them.")
                        .asException();
            }
            Set<Integer> indexes = new HashSet<>();
            function.virtualFunctions().forEach(virtual -> {
                if (!indexes.add(virtual.index())) {
                    throw Problem.of(
                                    Problem.Kind.BAD_REQUEST,
                                    "VirtualFunctionTwice",
                                    "Two virtual functions of '" + function.name() + "' have index " + virtual.index()
                                            + ".")
                            .asException();
                }
            });
        }
    }
}
