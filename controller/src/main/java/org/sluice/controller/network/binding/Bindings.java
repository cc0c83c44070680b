package org.sluice.controller.network.binding;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Json;
import org.sluice.model.HostId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;

/**
 * Ties ports to hosts, and follows what the hosts report of them. Stateless; the caller owns the transaction. A port is
 * BUILD from its binding until the host has read back all that was asked for.
 */
public final class Bindings {
    /** How a port is plugged into a host, as {@code binding:vif_type}, {@code binding:vif_details} and {@code binding:profile} show it. */
    private record Plug(String vifType, Map<String, Object> details, Map<String, Object> facts) {}

    /**
     * Binds a port of type normal: a tap on the Linux bridge of its network ({@code vif_type: bridge}).
     * {@code port_filter} is false, because nothing enforces security groups on that bridge yet.
     *
     * @param zone the availability zone of the host, shown in {@code device_owner}
     */
    public void bindNormal(Handle handle, PortId port, HostId host, String hostName, String zone) {
        bind(handle, port, host, normal(handle, port), true);
        show(handle, port, hostName, zone);
    }

    /** Binds one to a host that its server is going to; {@link #activate} makes that the port's place. */
    public void reserveNormal(Handle handle, PortId port, HostId host) {
        bind(handle, port, host, normal(handle, port), false);
    }

    private static Plug normal(Handle handle, PortId port) {
        String network = handle.createQuery("select cast(network_id as text) from port where id = :id")
                .bind("id", port.value())
                .mapTo(String.class)
                .one();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("port_filter", false);
        details.put("connectivity", "l2");
        details.put("bridge_name", "brq" + network.substring(0, 11));
        return new Plug("bridge", details, Map.of());
    }

    /**
     * Binds a port of type direct to a leased virtual function ({@code vif_type: hw_veb}).
     *
     * @param zone the availability zone of the host, shown in {@code device_owner}
     * @param facts what {@code binding:profile} shows of the VF: {@code pci_slot}, {@code pci_vendor_info},
     *     {@code physical_network}, {@code card_serial_number}, {@code pf_mac_address}, {@code vf_num}
     */
    public void bindDirect(
            Handle handle, PortId port, HostId host, String hostName, String zone, Map<String, Object> facts) {
        bind(handle, port, host, direct(handle, port, facts), true);
        show(handle, port, hostName, zone);
    }

    /** Binds one to a host that its server is going to; {@link #activate} makes that the port's place. */
    public void reserveDirect(Handle handle, PortId port, HostId host, Map<String, Object> facts) {
        bind(handle, port, host, direct(handle, port, facts), false);
    }

    private static Plug direct(Handle handle, PortId port, Map<String, Object> facts) {
        requireNonNull(facts, "facts is null");
        int vlan = handle.createQuery("""
                        select coalesce(n.segmentation_id, 0) from port p join network n on n.id = p.network_id
                        where p.id = :id""")
                .bind("id", port.value())
                .mapTo(Integer.class)
                .one();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("port_filter", false);
        details.put("connectivity", "l2");
        details.put("vlan", Integer.toString(vlan));
        return new Plug("hw_veb", details, facts);
    }

    /**
     * The server is on that host from now on, to which its ports are bound: that is what is shown of them.
     *
     * @param zone the availability zone of the host, shown in {@code device_owner}
     */
    public void activate(Handle handle, ServerId server, HostId host, String hostName, String zone) {
        // First those that are not any more: a port has one active binding at most.
        handle.createUpdate("""
                        update port_binding set active = false
                        where server_id = :server and host_id <> :host and active;
                        update port_binding set active = true
                        where server_id = :server and host_id = :host and not active;
                        update port set status = 'BUILD', binding_host = :hostName, device_owner = 'compute:' || :zone,
                            revision_number = revision_number + 1, updated_at = now()
                        where server_id = :server""")
                .bind("server", server.value())
                .bind("host", host.value())
                .bind("hostName", requireNonNull(hostName, "hostName is null"))
                .bind("zone", requireNonNull(zone, "zone is null"))
                .execute();
    }

    /** The host has read back all that was asked for. */
    public void markActive(Handle handle, PortId port) {
        mark(handle, port, "ACTIVE");
    }

    /** The port's server does not run. */
    public void markDown(Handle handle, PortId port) {
        mark(handle, port, "DOWN");
    }

    /** The host could not give the port all that was asked for. */
    public void markError(Handle handle, PortId port) {
        mark(handle, port, "ERROR");
    }

    /**
     * The address of the VF is an attribute: it may have changed with a reboot since it was leased.
     *
     * @param address PCI address that the host reports
     */
    public void found(Handle handle, PortId port, HostId host, String address) {
        handle.createUpdate("""
                        update port_binding set facts = jsonb_set(facts, '{pci_slot}', to_jsonb(cast(:address as text)))
                        where port_id = :port and host_id = :host and facts ->> 'pci_slot' is distinct from :address""")
                .bind("port", port.value())
                .bind("host", host.value())
                .bind("address", address)
                .execute();
    }

    private static void mark(Handle handle, PortId port, String status) {
        handle.createUpdate("""
                        update port set status = :status, revision_number = revision_number + 1, updated_at = now()
                        where id = :id and status <> :status""").bind("id", port.value()).bind("status", status).execute();
    }

    private static void bind(Handle handle, PortId port, HostId host, Plug plug, boolean active) {
        int bound = handle.createUpdate("""
                        insert into port_binding (port_id, server_id, host_id, active, vif_type, vif_details, facts)
                        select id, server_id, :host, :active, :vifType, cast(:details as jsonb), cast(:facts as jsonb)
                        from port where id = :id and server_id is not null""")
                .bind("id", port.value())
                .bind("host", host.value())
                .bind("active", active)
                .bind("vifType", plug.vifType())
                .bind("details", Json.MAPPER.writeValueAsString(plug.details()))
                .bind("facts", Json.MAPPER.writeValueAsString(plug.facts()))
                .execute();
        if (bound == 0) {
            throw new IllegalStateException("Port " + port + " is not attached to a server, so it cannot be bound.");
        }
    }

    private static void show(Handle handle, PortId port, String hostName, String zone) {
        handle.createUpdate("""
                        update port set status = 'BUILD', binding_host = :hostName, device_owner = 'compute:' || :zone,
                            revision_number = revision_number + 1, updated_at = now()
                        where id = :id and server_id is not null""")
                .bind("id", port.value())
                .bind("hostName", requireNonNull(hostName, "hostName is null"))
                .bind("zone", requireNonNull(zone, "zone is null"))
                .execute();
    }
}
