package org.sluice.controller.agents;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.host.HostSigns;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.http.Json;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.ImageId;
import org.sluice.model.PortId;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.DesiredPhysicalFunction;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.DiskWish;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.VirtualFunctionLease;
import tools.jackson.core.type.TypeReference;

/** Puts together what should be on a host. Thread-safe. */
public final class DesiredStates {
    /** How often the revision is read while no announcement comes. */
    private static final Duration LOOK = Duration.ofSeconds(3);

    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private static final Logger log = LoggerFactory.getLogger(DesiredStates.class);

    private final Database database;
    private final Transactions transactions;
    private final ChangeFeed feed;
    private final ServerPorts serverPorts;
    private final ServicePorts servicePorts;
    private final HostQueries queries = new HostQueries();

    /** Reads that database and waits on that feed. */
    public DesiredStates(Database database, ChangeFeed feed, ServerPorts serverPorts, ServicePorts servicePorts) {
        this.database = requireNonNull(database, "database is null");
        this.transactions = new Transactions(database.jdbi());
        this.feed = requireNonNull(feed, "feed is null");
        this.serverPorts = requireNonNull(serverPorts, "serverPorts is null");
        this.servicePorts = requireNonNull(servicePorts, "servicePorts is null");
    }

    /**
     * Waits for a revision after the one the agent has, and counts as its sign of life. When the agent has one that the books do
     * not, they were restored from a copy: theirs is raised above it first, since revisions never go back.
     *
     * @return empty when the revision is still the same after the wait, or when the controller is closing
     * @throws org.sluice.model.ProblemException 404 when the host is no member
     */
    Optional<DesiredHost> await(HostId host, long after, Duration wait) throws InterruptedException {
        String topic = Hosts.topic(host);
        long end = System.nanoTime() + wait.toNanos();
        boolean seen = false;
        while (true) {
            long mark = feed.mark(topic);
            seen = seen || transactions.run(handle -> seen(handle, host, after));
            long revision = database.jdbi().withHandle(handle -> revision(handle, host));
            if (revision < after) {
                log.warn(
                        "Host {} has revision {} of what it should do, and the books have {}: they are older than what it was"
                                + " told. They go on above it, and servers that they do not know stay as they are there.",
                        host,
                        after,
                        revision);
                transactions.use(handle -> Hosts.raiseAbove(handle, host, after));
                return Optional.of(read(host));
            }
            if (revision > after) {
                return Optional.of(read(host));
            }
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (!left.isPositive() || feed.isClosed()) {
                return Optional.empty();
            }
            feed.await(topic, mark, left.compareTo(LOOK) < 0 ? left : LOOK);
        }
    }

    /**
     * The desired state as of now, all of it from one snapshot so that its revision is true.
     *
     * @throws org.sluice.model.ProblemException 404 when the host is no member
     */
    public DesiredHost read(HostId host) {
        return database.jdbi().inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> read(handle, host));
    }

    private DesiredHost read(Handle handle, HostId host) {
        long revision = revision(handle, host);
        List<DesiredServer> bare = servers(handle, host);
        Interfaces interfaces =
                new Interfaces(uplinks(handle, host), leases(handle, host), servicePorts.ofHost(handle, host));
        Map<ServerId, List<AttachedPort>> ports =
                serverPorts.of(handle, bare.stream().map(DesiredServer::id).toList()).stream()
                        .collect(Collectors.groupingBy(AttachedPort::server));
        List<DesiredServer> servers = bare.stream()
                .map(server -> with(server, ports.getOrDefault(server.id(), List.of()), interfaces))
                .toList();
        return new DesiredHost(
                revision,
                servers,
                queries.open(handle, host),
                physicalFunctions(handle, host),
                List.of(),
                queries.openRefusals(handle, host));
    }

    /**
     * Notes a sign of life, where the last one is some seconds old.
     *
     * @param told the revision that the agent has
     * @return false when the row was held, and the sign is to be given later
     */
    private static boolean seen(Handle handle, HostId host, long told) {
        Optional<Boolean> returned = HostSigns.heard(handle, host, told);
        if (returned.isPresent()) {
            if (returned.get()) {
                ChangeFeed.announce(handle, FleetIndex.TOPIC);
            }
            return true;
        }
        return handle.createQuery("select last_seen_at >= now() - interval '5 seconds' from host where id = :host")
                .bind("host", host.value())
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
    }

    private static long revision(Handle handle, HostId host) {
        return Hosts.revision(handle, host).orElseThrow(() -> UnknownHost.problem(host));
    }

    private static Map<String, String> uplinks(Handle handle, HostId host) {
        Map<String, String> uplinks = new HashMap<>();
        handle.createQuery("select physical_network, interface from bridge_uplink where host_id = :host")
                .bind("host", host.value())
                .map((row, _) -> Map.entry(row.getString(1), row.getString(2)))
                .forEach(uplink -> uplinks.put(uplink.getKey(), uplink.getValue()));
        return uplinks;
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

    private static Map<PortId, VirtualFunctionLease> leases(Handle handle, HostId host) {
        Map<PortId, VirtualFunctionLease> leases = new HashMap<>();
        handle.createQuery(Leases.SELECT + " where pf.host_id = :host and vf.leased_port_id is not null")
                .bind("host", host.value())
                .map((row, _) -> Map.entry(new PortId(row.getObject("leased_port_id", UUID.class)), Leases.read(row)))
                .forEach(lease -> leases.put(lease.getKey(), lease.getValue()));
        return leases;
    }

    /**
     * The servers as their own table knows them, without NICs. One that is yet to come is told when it does; one that was here stays what it
     * was here.
     */
    private static List<DesiredServer> servers(Handle handle, HostId host) {
        return handle.createQuery("""
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
                        where c.host_id = :host and (c.role <> 'incoming' or not c.present) order by s.number""")
                .bind("host", host.value())
                .map((row, _) -> server(row))
                .list();
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
