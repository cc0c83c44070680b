package org.sluice.controller.network.network;

import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.sluice.controller.host.Hosts;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.SecurityGroupId;
import org.sluice.model.ServerId;

/** Tells the hosts that carry a network that what they should do has changed, and for whose request. Stateless. */
public final class AffectedHosts {
    /** What NICs on the network have in common is changed: every host with a bound or a service port of it is told. */
    public void ofNetwork(Handle handle, NetworkId network) {
        ofNetworks(handle, List.of(network));
    }

    /** The same for several, whose hosts are told at once. */
    public void ofNetworks(Handle handle, List<NetworkId> networks) {
        Hosts.segmentsChanged(
                handle,
                handle.createQuery("""
                                select b.host_id, p.network_id from port p join port_binding b on b.port_id = p.id
                                where p.network_id = any(:networks)
                                union select service_host_id, network_id from port
                                where network_id = any(:networks) and service_host_id is not null""")
                        .bindArray(
                                "networks",
                                UUID.class,
                                networks.stream().map(NetworkId::value).toList())
                        .map((row, _) -> new Hosts.Segment(
                                new HostId(row.getObject(1, UUID.class)), new NetworkId(row.getObject(2, UUID.class))))
                        .list());
    }

    /** A NIC of a server is changed: the hosts that it is bound to must look again. */
    public void ofPort(Handle handle, PortId port) {
        changed(
                handle,
                handle.createQuery("select host_id, server_id from port_binding where port_id = :id")
                        .bind("id", port.value()));
    }

    /** What a security group is called is changed, which servers are told. */
    public void ofSecurityGroup(Handle handle, SecurityGroupId group) {
        changed(handle, handle.createQuery("""
                        select b.host_id, b.server_id from port_security_group g join port_binding b on b.port_id = g.port_id
                        where g.security_group_id = :id""").bind("id", group.value()));
    }

    private static void changed(Handle handle, Query bindings) {
        record Bound(HostId host, ServerId server) {}
        List<Bound> bound = bindings.map((row, _) -> new Bound(
                        new HostId(row.getObject("host_id", UUID.class)),
                        new ServerId(row.getObject("server_id", UUID.class))))
                .list();
        Hosts.changed(
                handle,
                bound.stream().map(Bound::host).distinct().toList(),
                bound.stream().map(Bound::server).distinct().toList());
    }
}
