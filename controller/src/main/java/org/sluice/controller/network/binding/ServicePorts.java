package org.sluice.controller.network.binding;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.network.address.AddressRows;
import org.sluice.controller.network.port.NetworkFacts;
import org.sluice.controller.network.port.NewPort;
import org.sluice.controller.network.port.PortMaking;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.model.HostId;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.SubnetId;
import org.sluice.model.protocol.DesiredInterface;

/**
 * The {@code network:dhcp} ports from which hosts serve DHCP and metadata: one a network and host, with an address in each
 * subnet that wants DHCP. The caller owns the transaction. Thread-safe.
 */
public final class ServicePorts {
    private static final String SELECT = """
            select p.id, p.network_id, p.mac_address,
            """ + AddressRows.SELECT + """
             as addresses from port p
            """;

    private final PortMaking making;

    /** Random MACs come from that generator. */
    public ServicePorts(RandomGenerator random) {
        this.making = new PortMaking(random);
    }

    /**
     * The port from which that host serves that network, made when there is none; addresses are added for subnets that
     * came since. Call it in the transaction that binds a port there: until that transaction ends nobody can release the
     * service port.
     *
     * @return empty when no subnet of the network wants DHCP
     * @throws org.sluice.model.ProblemException 409 when a subnet has no address left for it; the transaction must go back to
     *     where it was before the call then
     */
    public Optional<DesiredInterface.ServicePort> ensure(Handle handle, NetworkId network, HostId host) {
        List<UUID> subnets = handle.createQuery("""
                        select id from subnet where network_id = :network and enable_dhcp
                        order by ip_version, created_at, id""")
                .bind("network", network.value())
                .mapTo(UUID.class)
                .list();
        if (subnets.isEmpty()) {
            return Optional.empty();
        }
        PortId port = lock(handle, network, host).orElseGet(() -> make(handle, network, host));
        List<UUID> served = handle.createQuery("select subnet_id from ip_allocation where port_id = :port")
                .bind("port", port.value())
                .mapTo(UUID.class)
                .list();
        for (UUID subnet : subnets) {
            if (!served.contains(subnet)
                    && making.allocateIn(handle, new SubnetId(subnet), port).isEmpty()) {
                throw NetworkProblems.noAddressLeftForDhcp(network);
            }
        }
        return handle.createQuery(SELECT + " where p.id = :id")
                .bind("id", port.value())
                .map((row, context) -> read(row))
                .findOne();
    }

    /** The hosts that serve each of those networks with an address in every subnet that wants DHCP: they need no further one. */
    public Set<HostId> hostsServing(Handle handle, Collection<NetworkId> networks) {
        return handle
                .createQuery("""
                        select p.service_host_id from port p
                        where p.network_id = any(:networks) and p.service_host_id is not null and not exists (
                            select 1 from subnet s where s.network_id = p.network_id and s.enable_dhcp and not exists (
                                select 1 from ip_allocation a where a.subnet_id = s.id and a.port_id = p.id))
                        group by p.service_host_id having count(*) = (
                            select count(distinct s.network_id) from subnet s
                            where s.network_id = any(:networks) and s.enable_dhcp)""")
                .bindArray(
                        "networks",
                        UUID.class,
                        networks.stream().map(NetworkId::value).toList())
                .mapTo(UUID.class)
                .map(HostId::new)
                .stream()
                .collect(Collectors.toSet());
    }

    /** All service ports of a host by network, in one query. */
    public Map<NetworkId, DesiredInterface.ServicePort> ofHost(Handle handle, HostId host) {
        Map<NetworkId, DesiredInterface.ServicePort> ports = new LinkedHashMap<>();
        handle.createQuery(SELECT + " where p.service_host_id = :host order by p.network_id")
                .bind("host", host.value())
                .map((row, context) -> Map.entry(new NetworkId(row.getObject("network_id", UUID.class)), read(row)))
                .forEach(entry -> ports.put(entry.getKey(), entry.getValue()));
        return ports;
    }

    /** Takes the service port away when no port of type normal of that network is bound to that host any more. */
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

    /** Takes all service ports of a host away, which has no other port any more. */
    public void removeOf(Handle handle, HostId host) {
        handle.createUpdate("delete from port where service_host_id = :host")
                .bind("host", host.value())
                .execute();
    }

    private PortId make(Handle handle, NetworkId network, HostId host) {
        String project = handle.createQuery("select project_id from network where id = :id")
                .bind("id", network.value())
                .mapTo(String.class)
                .one();
        NewPort wanted = NewPort.plain(network, project, List.of()).servingOn(host);
        // Its own lock, because the index that lets there be one cannot be named beside the one on the MAC address.
        handle.createQuery("select true from (select pg_advisory_xact_lock(hashtextextended(:key, 0))) held")
                .bind("key", wanted.deviceId())
                .mapTo(Boolean.class)
                .one();
        return lock(handle, network, host).orElseGet(() -> {
            NetworkFacts facts = NetworkFacts.find(handle, network, project).orElseThrow();
            return making.make(
                    handle,
                    wanted,
                    facts.fabric(),
                    List.of(),
                    (row, context) -> wanted.id(),
                    address -> NetworkProblems.noAddressLeft(network));
        });
    }

    private static Optional<PortId> lock(Handle handle, NetworkId network, HostId host) {
        return handle.createQuery("""
                        select id from port where network_id = :network and service_host_id = :host for share""")
                .bind("network", network.value())
                .bind("host", host.value())
                .mapTo(UUID.class)
                .findOne()
                .map(PortId::new);
    }

    private static Optional<UUID> lockForRelease(Handle handle, NetworkId network, HostId host) {
        return handle.createQuery("""
                        select id from port where network_id = :network and service_host_id = :host for update""")
                .bind("network", network.value())
                .bind("host", host.value())
                .mapTo(UUID.class)
                .findOne();
    }

    private static DesiredInterface.ServicePort read(java.sql.ResultSet row) throws java.sql.SQLException {
        return new DesiredInterface.ServicePort(
                new PortId(row.getObject("id", UUID.class)),
                new MacAddress(row.getString("mac_address")),
                AddressRows.parse(row.getString("addresses")));
    }
}
