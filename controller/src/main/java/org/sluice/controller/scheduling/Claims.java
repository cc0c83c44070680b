package org.sluice.controller.scheduling;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.HostRoom;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.ServerDetails;
import org.sluice.model.HostId;
import org.sluice.model.PortId;
import org.sluice.model.Resources;
import org.sluice.model.ServerId;

/**
 * Takes what a server needs on one host, all or nothing. The host's row is updated first and stays locked until the
 * transaction ends, so claims on one host follow one another and claims on different hosts do not meet.
 *
 * <p>Rows are locked in the order server, host, virtual function; whoever locks them in that order cannot deadlock.
 * Stateless; the caller owns the transaction, which must be READ COMMITTED.
 */
final class Claims {
    private static final String SAVEPOINT = "claim";

    /** A claim that was made: what {@code binding:profile} shows of each direct port's VF. */
    record Claimed(Map<PortId, Map<String, Object>> functions) {}

    /**
     * Claims on that host; empty when somebody else was faster, or the host is not any more what it was chosen for, and then
     * nothing of it remains, locks included.
     */
    Optional<Claimed> claim(Handle handle, ServerRequest request, Demand demand, HostState chosen, Claim.Role role) {
        HostId host = chosen.id();
        handle.savepoint(SAVEPOINT);
        if (takeRoom(handle, request, host) && isAsChosen(handle, demand, chosen)) {
            write(handle, request, host, role);
            Map<PortId, Map<String, Object>> functions = new LinkedHashMap<>();
            for (AttachedPort port : request.ports()) {
                if (Demand.isDirect(port)) {
                    lease(handle, request.server(), port, host).ifPresent(facts -> functions.put(port.port(), facts));
                }
            }
            if (functions.size()
                    == request.ports().stream().filter(Demand::isDirect).count()) {
                handle.releaseSavepoint(SAVEPOINT);
                return Optional.of(new Claimed(functions));
            }
        }
        handle.rollbackToSavepoint(SAVEPOINT);
        return Optional.empty();
    }

    /** Locks the host's row by counting the server in. */
    private static boolean takeRoom(Handle handle, ServerRequest request, HostId host) {
        return HostRoom.take(handle, host, request.server(), request.resources());
    }

    /**
     * In one round trip; leases and bindings hang on it. Its wishes are numbered above those of every claim before it, so that
     * no report of an earlier one counts.
     */
    private static void write(Handle handle, ServerRequest request, HostId host, Claim.Role role) {
        handle.createUpdate(ServerDetails.COUNT_CLAIM + """
                        insert into claim (server_id, host_id, role, generation, vcpus, memory_mib, disk_gib, power_generation)
                        select id, :host, :role, claims, :vcpus, :memory, :disk, (claims - 1) << 32
                        from server where id = :server""")
                .bind("server", request.server().value())
                .bind("host", host.value())
                .bind("role", role.text())
                .bind("vcpus", request.resources().vcpus())
                .bind("memory", request.resources().memoryMib())
                .bind("disk", request.resources().diskGib())
                .execute();
    }

    /** Takes more or less of the claim's host; false when it has no room for more. */
    boolean change(Handle handle, ServerId server, Claim claim, Resources to) {
        boolean fits = HostRoom.change(handle, claim.host(), claim.resources(), to);
        if (fits) {
            handle.createUpdate("""
                            update claim set vcpus = :vcpus, memory_mib = :memory, disk_gib = :disk
                            where server_id = :server and host_id = :host""")
                    .bind("vcpus", to.vcpus())
                    .bind("memory", to.memoryMib())
                    .bind("disk", to.diskGib())
                    .bind("server", server.value())
                    .bind("host", claim.host().value())
                    .execute();
        }
        return fits;
    }

    /**
     * Gives back what is taken of the claim's host. No lease may hang on it any more; bindings go with it, and so does the image that it was
     * to be built from.
     */
    void end(Handle handle, ServerId server, Claim claim) {
        handle.createUpdate(HostRoom.GIVE_BACK + """
                        with ended as (
                            delete from claim where server_id = :server and host_id = :host returning image_id)
                        delete from image where id in (select image_id from ended)""")
                .bind("server", server.value())
                .bind("host", claim.host().value())
                .bind("vcpus", claim.resources().vcpus())
                .bind("memory", claim.resources().memoryMib())
                .bind("disk", claim.resources().diskGib())
                .execute();
    }

    /**
     * Whether what other tables say of the host is still what it was chosen for. Asked in a statement of its own: the one before
     * may have waited for the row, and sees other tables as they were when it began. Whoever changes zone, uplinks or
     * measurements of a host locks its row first, so that the answer holds until the claim commits.
     */
    private static boolean isAsChosen(Handle handle, Demand demand, HostState chosen) {
        return handle.createQuery("""
                        select coalesce((select zone from host_zone where host_id = :host), :defaultZone) = :zone
                          and not exists (select 1 from unnest(:bridged) as wanted (network)
                              where wanted.network not in
                                  (select physical_network from bridge_uplink where host_id = :host))
                          and (exists (select 1 from qualification_setting where policy <> 'required')
                              or (select coalesce(bool_and(q.verdict <> 'failed'), false)
                                  from newest_qualification q where q.host_id = :host))""")
                .bind("host", chosen.id().value())
                .bind("zone", chosen.zone())
                .bind("defaultZone", HostState.DEFAULT_ZONE)
                .bindArray("bridged", String.class, demand.bridged())
                .mapTo(Boolean.class)
                .one();
    }

    /** Leases a VF of the port's physical network to it; what {@code binding:profile} shows of it, or empty when none is free. */
    static Optional<Map<String, Object>> lease(Handle handle, ServerId server, AttachedPort port, HostId host) {
        return handle.createQuery("""
                        with free as (
                            select vf.physical_function_id, vf.index
                            from virtual_function vf
                            join physical_function pf on pf.id = vf.physical_function_id
                            where pf.host_id = :host and pf.physical_network = :network and pf.present and pf.fault is null
                              and vf.present and vf.leased_port_id is null and vf.iommu_group >= 0
                            order by pf.name, vf.index limit 1 for update of vf skip locked)
                        update virtual_function vf
                        set leased_port_id = :port, leased_server_id = :server, leased_host_id = :host,
                            generation = vf.generation + 1
                        from free, physical_function pf
                        where vf.physical_function_id = free.physical_function_id and vf.index = free.index
                          and pf.id = vf.physical_function_id
                        returning vf.address, pf.vendor_id, pf.vf_device_id, pf.physical_network, pf.serial, pf.mac,
                            vf.index""")
                .bind("host", host.value())
                .bind("network", port.physicalNetwork())
                .bind("port", port.port().value())
                .bind("server", server.value())
                .map((row, _) -> facts(row))
                .findOne();
    }

    /** The keys Nova writes into {@code binding:profile} of an SR-IOV port. */
    private static Map<String, Object> facts(ResultSet row) throws SQLException {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("pci_vendor_info", row.getString("vendor_id") + ":" + row.getString("vf_device_id"));
        facts.put("pci_slot", row.getString("address"));
        facts.put("physical_network", row.getString("physical_network"));
        facts.put("card_serial_number", row.getString("serial"));
        facts.put("pf_mac_address", row.getString("mac"));
        facts.put("vf_num", row.getInt("index"));
        return facts;
    }
}
