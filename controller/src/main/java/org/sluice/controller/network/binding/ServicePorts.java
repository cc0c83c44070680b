package org.sluice.controller.network.binding;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.HostSigns;
import org.sluice.controller.network.network.NetworkGate;
import org.sluice.controller.network.port.NetworkFacts;
import org.sluice.controller.network.port.NewPort;
import org.sluice.controller.network.port.PortMaking;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.SubnetId;
import org.sluice.model.protocol.ServedNetwork;

/**
 * The {@code network:dhcp} ports from which hosts serve DHCP and metadata: one a network, with an address in each subnet that wants
 * DHCP, under which each host answers its own guests. It is made with the first server on the network, and goes with the network.
 * Hosts whose agents are of the time when each had a port of its own keep that until they can do without. The caller owns the
 * transaction. Thread-safe.
 */
public final class ServicePorts {
    private static final String OF_ALL_HOSTS = "p.serves and p.service_host_id is null";

    private final PortMaking making;

    /** Random MACs come from that generator. */
    public ServicePorts(RandomGenerator random) {
        this.making = new PortMaking(random);
    }

    /**
     * Has the networks served, which servers are about to come to and which the caller {@linkplain NetworkGate#come holds}: makes what their
     * subnets lack. Call it before a host's row is locked: whoever changes a subnet takes the two in that order.
     *
     * @throws org.sluice.model.ProblemException 409 when a subnet has no address left for it
     */
    public void ensure(Handle handle, Collection<NetworkId> networks) {
        List<UUID> ids = networks.stream().map(NetworkId::value).toList();
        handle.createQuery("""
                        select distinct s.network_id from subnet s
                        where s.network_id = any(:networks) and s.enable_dhcp and not exists (
                            select 1 from port_address a join port p on p.id = a.port_id
                            where a.subnet_id = s.id and\s""" + OF_ALL_HOSTS + ") order by s.network_id")
                .bindArray("networks", UUID.class, ids)
                .mapTo(UUID.class)
                .map(NetworkId::new)
                .list()
                .forEach(network -> {
                    lock(handle, network);
                    complete(handle, network);
                });
    }

    /**
     * Follows a subnet that came or changed: where servers are on its network, DHCP has an address in it from now on, if it wants
     * DHCP.
     *
     * @throws org.sluice.model.ProblemException 409 when it has no address left for that
     */
    public void follow(Handle handle, NetworkId network) {
        // Before the look: a first server that is on its way either sees the subnet, or is seen here.
        lock(handle, network);
        if (isServed(handle, network)) {
            complete(handle, network);
        }
    }

    /**
     * Takes a host's word on what it serves from, and that it keeps that off the wire. What it was given for itself alone, and does
     * not serve from any more, goes.
     *
     * @return whether the host is to be told anew from where to serve: it is the first such word of one with ports of its own
     */
    public static boolean served(Handle handle, HostId host, List<ServedNetwork> served) {
        List<UUID> networks = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (ServedNetwork each : served) {
            for (String address : each.addresses()) {
                networks.add(each.network().value());
                addresses.add(address);
            }
        }
        handle.createUpdate("""
                        delete from port p where p.service_host_id = :host
                          and exists (select 1 from host h where h.id = :host and h.serves_shared)
                          and not exists (
                            select 1 from port_address a
                            join unnest(:networks, cast(:addresses as inet[])) as served (network, address)
                                on served.network = p.network_id and served.address = a.address
                            where a.port_id = p.id)""")
                .bind("host", host.value())
                .bindArray("networks", UUID.class, networks)
                .bindArray("addresses", String.class, addresses)
                .execute();
        return HostSigns.servesShared(handle, host)
                && handle.createQuery("select exists (select 1 from port where service_host_id = :host)")
                        .bind("host", host.value())
                        .mapTo(Boolean.class)
                        .one();
    }

    /** Takes a host's own service port away when no port of type normal of that network is bound to it any more. */
    public void releaseUnused(Handle handle, NetworkId network, HostId host) {
        // Two statements: the second must see what a transaction committed that held the row while the first waited.
        lockForRelease(handle, network, host)
                .ifPresent(port -> handle.createUpdate("""
                        delete from port where id = :id and not exists (
                            select 1 from port_binding b join port p on p.id = b.port_id
                            where p.network_id = :network and b.host_id = :host and p.vnic_type = 'normal')""")
                        .bind("id", port)
                        .bind("network", network.value())
                        .bind("host", host.value())
                        .execute());
    }

    /** Takes all service ports of a host's own away, which has no other port any more. */
    public void removeOf(Handle handle, HostId host) {
        handle.createUpdate("delete from port where service_host_id = :host")
                .bind("host", host.value())
                .execute();
    }

    private static boolean isServed(Handle handle, NetworkId network) {
        return handle.createQuery(
                        "select exists (select 1 from port p where p.network_id = :network and " + OF_ALL_HOSTS
                                + ") or exists (select 1 from port_binding b join port p on p.id = b.port_id"
                                + " where p.network_id = :network and p.vnic_type = 'normal')")
                .bind("network", network.value())
                .mapTo(Boolean.class)
                .one();
    }

    private void complete(Handle handle, NetworkId network) {
        List<UUID> lacking = handle.createQuery("""
                        select id from subnet s where network_id = :network and enable_dhcp and not exists (
                            select 1 from port_address a join port p on p.id = a.port_id
                            where a.subnet_id = s.id and\s""" + OF_ALL_HOSTS + ") order by ip_version, created_at, id")
                .bind("network", network.value())
                .mapTo(UUID.class)
                .list();
        if (lacking.isEmpty()) {
            return;
        }
        PortId port = find(handle, network).orElseGet(() -> make(handle, network));
        for (UUID subnet : lacking) {
            if (making.allocateIn(handle, new SubnetId(subnet), port).isEmpty()) {
                throw NetworkProblems.noAddressLeftForDhcp(network);
            }
        }
    }

    private static Optional<PortId> find(Handle handle, NetworkId network) {
        return handle.createQuery("select id from port p where network_id = :network and " + OF_ALL_HOSTS)
                .bind("network", network.value())
                .mapTo(UUID.class)
                .findOne()
                .map(PortId::new);
    }

    private PortId make(Handle handle, NetworkId network) {
        String project = handle.createQuery("select project_id from network where id = :id")
                .bind("id", network.value())
                .mapTo(String.class)
                .one();
        NewPort wanted = NewPort.plain(network, project, List.of()).serving();
        NetworkFacts facts = NetworkFacts.find(handle, network, project).orElseThrow();
        PortId made = making.make(
                handle,
                wanted,
                facts.fabric(),
                List.of(),
                (row, _) -> wanted.id(),
                _ -> NetworkProblems.noAddressLeft(network));
        handle.createUpdate("update port set serves = true where id = :id")
                .bind("id", made.value())
                .execute();
        return made;
    }

    /** One at a time makes what a network lacks. */
    private static void lock(Handle handle, NetworkId network) {
        handle.createQuery("select true from (select pg_advisory_xact_lock(hashtextextended(:key, 0))) held")
                .bind("key", "dhcp-" + network)
                .mapTo(Boolean.class)
                .one();
    }

    private static Optional<UUID> lockForRelease(Handle handle, NetworkId network, HostId host) {
        return handle.createQuery("""
                        select id from port where network_id = :network and service_host_id = :host for update""")
                .bind("network", network.value())
                .bind("host", host.value())
                .mapTo(UUID.class)
                .findOne();
    }
}
