package org.sluice.controller.agents;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.http.Json;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.HostSegments;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.server.Servers;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredPhysicalFunction;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DiskWish;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.VirtualFunctionLease;
import tools.jackson.core.type.TypeReference;

/** Reads from the books what should be on a host. Thread-safe; the caller owns the transaction, which must be of one snapshot. */
final class DesiredStore {
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    /**
     * Servers as their own table knows them, without NICs. One that is yet to come is told when it does; one that was here stays what it
     * was here.
     */
    private static final String SERVERS = """
            select s.id, s.number, c.generation, c.present, c.power, c.power_generation, c.boots, c.rebuilds, c.power_ending, c.disk, c.disk_kept, c.disk_newest,
                case when c.role = 'current' then s.copy_image_id end as copy_image_id, ri.id as rescue_id, ri.disk_format as rescue_format, ri.size as rescue_size, ri.os_hash_value as rescue_sha512, s.hostname, s.name, s.project_id, s.user_id,
                coalesce(s.availability_zone, '') as zone,
                case when c.role = 'outgoing' then c.vcpus else s.vcpus end as vcpus,
                case when c.role = 'outgoing' then c.memory_mib else s.memory_mib end as memory_mib,
                case when c.role = 'outgoing' then c.disk_gib else s.disk_gib end as disk_gib,
                coalesce(c.image_id, s.shelved_image_id, s.image_id) as image_id,
                coalesce(i.disk_format, 'raw') as disk_format, coalesce(i.size, 0) as size,
                coalesce(i.os_hash_value, '') as sha512, s.config_drive, s.user_data, s.key_name,
                s.public_key, s.metadata, s.launch_index, s.reservation_id, s.flavor_name,
                r.request_id, r.global_request_id
            from claim c join server s on s.id = c.server_id left join image i on i.id = coalesce(c.image_id, s.shelved_image_id, s.image_id)
                left join image ri on ri.id = s.rescue_image_id
                left join server_request r on r.server_id = s.id
            where c.host_id = :host and (c.role <> 'incoming' or not c.present)""";

    private final ServerPorts serverPorts;
    private final HostQueries queries = new HostQueries();

    DesiredStore(ServerPorts serverPorts) {
        this.serverPorts = requireNonNull(serverPorts, "serverPorts is null");
    }

    /**
     * What is to be told to an agent that has that: what changed since where that is known, else the whole.
     *
     * @throws org.sluice.model.ProblemException 404 when the host is no member
     */
    DesiredHost read(Handle handle, HostId host, DesiredHost.Known known) {
        Hosts.Standing standing = standing(handle, host);
        return standing.continues(known)
                ? part(handle, host, standing, known.revision())
                : state(handle, host, standing, servers(handle, host), Optional.empty());
    }

    /**
     * Where the host's desired state is.
     *
     * @throws org.sluice.model.ProblemException 404 when the host is no member
     */
    static Hosts.Standing standing(Handle handle, HostId host) {
        return Hosts.standing(handle, host).orElseThrow(() -> UnknownHost.problem(handle, host));
    }

    private DesiredHost part(Handle handle, HostId host, Hosts.Standing standing, long since) {
        Hosts.Changes changes = Hosts.changedSince(handle, host, since);
        List<DesiredServer> servers = servers(handle, host, changes.servers());
        Set<ServerId> there = servers.stream().map(DesiredServer::id).collect(Collectors.toSet());
        List<ServerId> gone = changes.servers().stream()
                .filter(server -> !there.contains(server))
                .toList();
        return state(
                handle, host, standing, servers, Optional.of(new DesiredHost.Part(since, gone, changes.networks())));
    }

    /** Asks for no more than belongs to those servers and to segments that changed, and for what every answer tells. */
    private DesiredHost state(
            Handle handle,
            HostId host,
            Hosts.Standing standing,
            List<DesiredServer> bare,
            Optional<DesiredHost.Part> part) {
        List<DesiredServer> servers = wired(handle, host, bare);
        return new DesiredHost(
                standing.revision(),
                servers,
                queries.open(handle, host),
                physicalFunctions(handle, host),
                List.of(),
                queries.openRefusals(handle, host),
                standing.history(),
                part,
                Optional.of(HostSegments.of(handle, host, networks(servers, part))));
    }

    /** A NIC is never told without its segment. */
    private static Set<NetworkId> networks(List<DesiredServer> servers, Optional<DesiredHost.Part> part) {
        Set<NetworkId> networks = new HashSet<>();
        servers.forEach(server -> server.interfaces().forEach(nic -> networks.add(nic.network())));
        part.ifPresent(changed -> networks.addAll(changed.segments()));
        return networks;
    }

    private List<DesiredServer> wired(Handle handle, HostId host, List<DesiredServer> bare) {
        List<ServerId> ids = bare.stream().map(DesiredServer::id).toList();
        if (ids.isEmpty()) {
            return List.of();
        }
        Interfaces interfaces = new Interfaces(leases(handle, host, ids));
        Map<ServerId, List<AttachedPort>> ports =
                serverPorts.of(handle, ids).stream().collect(Collectors.groupingBy(AttachedPort::server));
        return bare.stream()
                .map(server -> with(server, ports.getOrDefault(server.id(), List.of()), interfaces))
                .toList();
    }

    /** Those that are on a physical network, as wide as that. */
    private static List<DesiredPhysicalFunction> physicalFunctions(Handle handle, HostId host) {
        return handle.createQuery("""
                        select pf.serial, pf.port, n.mtu from physical_function pf
                        join physical_network n on n.name = pf.physical_network
                        where pf.host_id = :host and pf.present order by pf.serial, pf.port""")
                .bind("host", host.value())
                .map((row, _) -> new DesiredPhysicalFunction(
                        new PhysicalFunctionKey(row.getString("serial"), row.getInt("port")), row.getInt("mtu")))
                .list();
    }

    private static Map<PortId, VirtualFunctionLease> leases(Handle handle, HostId host, List<ServerId> servers) {
        Map<PortId, VirtualFunctionLease> leases = new HashMap<>();
        handle.createQuery(Leases.SELECT + " where pf.host_id = :host and vf.leased_server_id = any(:servers)")
                .bind("host", host.value())
                .bindArray("servers", UUID.class, values(servers))
                .map((row, _) -> Map.entry(new PortId(row.getObject("leased_port_id", UUID.class)), Leases.read(row)))
                .forEach(lease -> leases.put(lease.getKey(), lease.getValue()));
        return leases;
    }

    private static List<DesiredServer> servers(Handle handle, HostId host) {
        return servers(handle.createQuery(SERVERS + " order by s.number"), host);
    }

    private static List<DesiredServer> servers(Handle handle, HostId host, List<ServerId> which) {
        return servers(
                handle.createQuery(SERVERS + " and c.server_id = any(:servers) order by s.number")
                        .bindArray("servers", UUID.class, values(which)),
                host);
    }

    private static List<DesiredServer> servers(Query query, HostId host) {
        return query.bind("host", host.value()).map((row, _) -> server(row)).list();
    }

    private static List<UUID> values(List<ServerId> servers) {
        return servers.stream().map(ServerId::value).toList();
    }

    private static DesiredServer server(ResultSet row) throws SQLException {
        @Nullable String keyName = row.getString("key_name");
        @Nullable String publicKey = row.getString("public_key");
        return new DesiredServer(
                new ServerId(row.getObject("id", UUID.class)),
                Optional.of(row.getLong("generation")),
                "instance-%08x".formatted(row.getLong("number")),
                row.getBoolean("present") ? DesiredServer.Presence.PRESENT : DesiredServer.Presence.ABSENT,
                Servers.power(row),
                row.getString("hostname"),
                row.getString("name"),
                row.getString("project_id"),
                row.getString("user_id"),
                row.getString("zone"),
                row.getInt("vcpus"),
                row.getInt("memory_mib"),
                row.getInt("disk_gib"),
                new DesiredServer.Image(
                        new ImageId(row.getObject("image_id", UUID.class)),
                        row.getString("disk_format"),
                        row.getLong("size"),
                        row.getString("sha512")),
                new DesiredServer.RootDisk(
                        row.getInt("disk"),
                        Optional.ofNullable(row.getObject("disk_kept", Integer.class)),
                        row.getInt("disk_newest")),
                row.getBoolean("config_drive"),
                Optional.ofNullable(row.getString("user_data")),
                keyName == null || publicKey == null ? Map.of() : Map.of(keyName, publicKey),
                Json.MAPPER.readValue(row.getString("metadata"), TEXTS),
                List.of(),
                Optional.of(new DesiredServer.Launch(
                        row.getInt("launch_index"),
                        row.getString("reservation_id"),
                        row.getString("flavor_name"),
                        List.of())),
                Optional.ofNullable(row.getString("request_id")),
                Optional.ofNullable(row.getString("global_request_id")),
                new DiskWish(
                        Optional.ofNullable(row.getObject("copy_image_id", UUID.class))
                                .map(ImageId::new),
                        rescue(row)));
    }

    private static Optional<DesiredServer.Image> rescue(ResultSet row) throws SQLException {
        @Nullable UUID image = row.getObject("rescue_id", UUID.class);
        return image == null
                ? Optional.empty()
                : Optional.of(new DesiredServer.Image(
                        new ImageId(image),
                        row.getString("rescue_format"),
                        row.getLong("rescue_size"),
                        row.getString("rescue_sha512")));
    }

    private static DesiredServer with(DesiredServer server, List<AttachedPort> ports, Interfaces interfaces) {
        List<String> groups = ports.stream()
                .flatMap(port -> port.securityGroups().stream())
                .map(AttachedPort.SecurityGroupName::name)
                .distinct()
                .sorted()
                .toList();
        return server.on(
                interfaces.of(ports),
                server.launch()
                        .map(launch -> new DesiredServer.Launch(
                                launch.index(), launch.reservationId(), launch.flavorName(), groups)));
    }
}
