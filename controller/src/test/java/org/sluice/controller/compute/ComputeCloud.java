package org.sluice.controller.compute;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.sluice.controller.agents.DesiredStates;
import org.sluice.controller.agents.Reports;
import org.sluice.controller.agents.TestFleet;
import org.sluice.controller.background.BuildsOnSilentHosts;
import org.sluice.controller.background.CopiesThatNeverCome;
import org.sluice.controller.background.OverdueOperations;
import org.sluice.controller.background.Turns;
import org.sluice.controller.http.ApiClient;
import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.ApiServer;
import org.sluice.controller.http.Authenticator;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.Proxies;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.RequestObserver;
import org.sluice.controller.http.RouteTable;
import org.sluice.controller.http.door.DoorLimits;
import org.sluice.controller.http.door.RateLimits;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.network.securitygroup.SecurityGroups;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.scheduling.DecisionObserver;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Origin;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.VirtualFunctionLease;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One controller's Compute API on a test database, and what a test needs around it: hosts, networks, ports, images. */
final class ComputeCloud implements AutoCloseable {
    static final String PROJECT = "6163728b1cbe45f3a72fc2bb0cfab848";
    static final String ADMIN_USER = "43f59b70c95747779f1aef376afc312c";

    private static final Map<String, Caller> CALLERS = Map.of(
            "admin", new Caller(ADMIN_USER, "admin", PROJECT, "admin", Set.of("admin", "member", "reader")),
            "member", new Caller("a".repeat(32), "demo", PROJECT, "admin", Set.of("member", "reader")),
            "reader", new Caller("b".repeat(32), "watcher", PROJECT, "admin", Set.of("reader")),
            "stranger", new Caller("c".repeat(32), "stranger", "d".repeat(32), "other", Set.of("member", "reader")));

    private static final Authenticator AUTHENTICATOR = token -> {
        Caller caller = CALLERS.get(token);
        if (caller == null) {
            throw Problem.of(
                            Problem.Kind.UNAUTHENTICATED,
                            "Unauthorized",
                            "The request you have made requires authentication.")
                    .asException();
        }
        return caller;
    };

    private final Jdbi jdbi;
    private final Scheduling scheduling;
    private final ServerPorts ports;
    private final Reports reports;
    private final Operations operations;
    private final Servers servers = new Servers();
    private final DesiredStates desiredStates;
    private final ChangeFeed feed;
    private final ApiServer server;
    private final ApiClient client;
    private final Map<ServerId, Integer> consoleLines = new HashMap<>();

    ComputeCloud(Database database, ApiFamily... beside) {
        this(database, Duration.ZERO, beside);
    }

    /** One whose servers wait for hosts that are just coming back. */
    ComputeCloud(Database database, Duration patience, ApiFamily... beside) {
        this.jdbi = database.jdbi();
        Random random = new Random();
        this.ports = new ServerPorts(random);
        ServicePorts servicePorts = new ServicePorts(random);
        this.scheduling =
                new Scheduling(new FleetIndex(), ports, new Bindings(), servicePorts, patience, DecisionObserver.NONE);
        this.operations = new Operations(scheduling);
        this.reports = new Reports(scheduling, ports, new Bindings(), operations);
        this.feed = new ChangeFeed(database);
        this.desiredStates = new DesiredStates(database, feed, ports);
        ComputeFamily family = new ComputeFamily(
                database, ports, scheduling, operations, this::console, InstantSource.system(), random);
        RouteTable table = RouteTable.of(
                Stream.concat(Stream.of(family), Stream.of(beside)).toList());
        this.server = ApiServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                AUTHENTICATOR,
                table,
                table.policy(),
                DoorLimits.ofHeap(Runtime.getRuntime().maxMemory()),
                RateLimits.DEFAULT,
                Proxies.NONE,
                new ForItsRequest());
        this.client = new ApiClient(server.address());
    }

    /** Every change is for the request that makes it, as the audit log has it. */
    private static final class ForItsRequest implements RequestObserver {
        @Override
        public Reply during(Asked asked, Supplier<Reply> handler) {
            Origin origin = new Origin(asked.id(), asked.globalId().orElse(""), "", "", "", "", asked.route());
            return asked.isSafe() ? origin.whileReading(handler) : origin.during(handler);
        }

        @Override
        public void answered(Answered answered) {
            // Nobody counts here.
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
        feed.close();
    }

    /** A conversation as one user in one microversion. */
    final class Session {
        private final Map<String, String> headers = new LinkedHashMap<>();

        private Session(String token, String version) {
            if (!token.isEmpty()) {
                headers.put("X-Auth-Token", token);
            }
            if (!version.isEmpty()) {
                headers.put("OpenStack-API-Version", "compute " + version);
            }
        }

        ApiClient.Answer get(String path) {
            return client.send("GET", "/compute" + path, headers);
        }

        ApiClient.Answer delete(String path) {
            return client.send("DELETE", "/compute" + path, headers);
        }

        /** Single quotes stand for double ones. */
        ApiClient.Answer post(String path, String json) {
            return client.send("POST", "/compute" + path, headers, json.replace('\'', '"'));
        }

        ApiClient.Answer put(String path, String json) {
            return client.send("PUT", "/compute" + path, headers, json.replace('\'', '"'));
        }
    }

    Session as(String token, String version) {
        return new Session(token, version);
    }

    Session admin() {
        return as("admin", "2.92");
    }

    String base() {
        return client.base();
    }

    ApiClient client() {
        return client;
    }

    /** Those that wait for hosts are looked at, as is done when a host is heard again. */
    int lookAtTheWaiting() {
        return jdbi.inTransaction(handle -> scheduling.retryWaiting(handle, Optional.empty(), 100))
                .settled()
                .count();
    }

    // What other parts of the cloud would have made.

    HostId host(String name) {
        HostId id = HostId.random();
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into host (id, name, last_seen_at, vcpus_total, memory_mib_total, disk_gib_total)
                        values (:id, :name, now(), 64, 262144, 4000)""")
                .bind("id", id.value())
                .bind("name", name)
                .execute());
        return id;
    }

    /** A host with an uplink for {@code physnet0} and a card with so many VFs on {@code sriovnet0}. */
    HostId host(String name, int functions) {
        HostId id = host(name);
        UUID card = UUID.randomUUID();
        jdbi.useHandle(handle -> {
            handle.execute(
                    "insert into physical_network (name) values ('physnet0'), ('sriovnet0') on conflict do nothing");
            handle.execute("insert into bridge_uplink values (?, 'physnet0', 'eno2')", id.value());
            handle.execute(
                    "insert into physical_function (id, host_id, serial, port, name, address, vendor_id, device_id,"
                            + " vf_device_id, driver, numa_node, total_vfs, mac, carrier, physical_network)"
                            + " values (?, ?, 'A0', 0, 'ens1f0', '0000:01:00.0', '8086', '10c9', '10ca', 'igb', 0, 7,"
                            + " '00:11:22:33:44:55', true, 'sriovnet0')",
                    card,
                    id.value());
            for (int index = 0; index < functions; index++) {
                handle.execute(
                        "insert into virtual_function (physical_function_id, index, address, iommu_group)"
                                + " values (?, ?, ?, ?)",
                        card,
                        index,
                        "0000:01:10." + index,
                        20 + index);
            }
        });
        return id;
    }

    void zone(String zone, HostId host) {
        jdbi.useHandle(handle -> {
            handle.execute(
                    "insert into aggregate (name, availability_zone) values (?, ?) on conflict do nothing", zone, zone);
            handle.execute("insert into aggregate_host select id, ? from aggregate where name = ?", host.value(), zone);
        });
    }

    /** A network on that physical network with a subnet {@code prefix.0/24}. */
    UUID network(String name, String physicalNetwork, int vlan, String prefix) {
        UUID id = UUID.randomUUID();
        UUID subnet = UUID.randomUUID();
        jdbi.useHandle(handle -> {
            handle.execute("insert into physical_network (name) values (?) on conflict do nothing", physicalNetwork);
            handle.execute(
                    "insert into network (id, project_id, name, mtu, network_type, physical_network, segmentation_id)"
                            + " values (?, ?, ?, 1500, 'vlan', ?, ?)",
                    id,
                    PROJECT,
                    name,
                    physicalNetwork,
                    vlan);
            handle.execute(
                    "insert into subnet (id, network_id, project_id, name, ip_version, cidr, gateway_ip)"
                            + " values (?, ?, ?, ?, 4, cast(? as cidr), cast(? as inet))",
                    subnet,
                    id,
                    PROJECT,
                    name + "-sub",
                    prefix + ".0/24",
                    prefix + ".1");
            handle.execute(
                    "insert into allocation_pool values (?, cast(? as inet), cast(? as inet))",
                    subnet,
                    prefix + ".2",
                    prefix + ".254");
        });
        return id;
    }

    /** A port with an address and the project's default security group. */
    UUID port(UUID network, String vnicType, String address) {
        UUID id = UUID.randomUUID();
        jdbi.useTransaction(handle -> {
            handle.execute(
                    "insert into port (id, network_id, project_id, name, mac_address, fabric, vnic_type)"
                            + " select ?, n.id, ?, 'nic', ?, n.physical_network, ? from network n where n.id = ?",
                    id,
                    PROJECT,
                    "fa:16:3e:%02x:%02x:%02x"
                            .formatted(id.hashCode() & 255, id.hashCode() >> 8 & 255, id.hashCode() >> 16 & 255),
                    vnicType,
                    network);
            handle.execute(
                    "insert into ip_allocation select s.id, cast(? as inet), ? from subnet s where s.network_id = ?",
                    address,
                    id,
                    network);
            UUID group = new SecurityGroups().ensureDefault(handle, PROJECT).value();
            handle.execute("insert into port_security_group values (?, ?)", id, group);
        });
        return id;
    }

    UUID newImage(String status, int minDisk, int minRam, long size) {
        UUID id = UUID.randomUUID();
        jdbi.useHandle(handle -> handle.execute(
                "insert into image (id, project_id, name, status, visibility, disk_format, container_format, min_disk,"
                        + " min_ram, size, virtual_size)"
                        + " values (?, ?, 'small', ?, 'public', 'qcow2', 'bare', ?, ?, 196608, ?)",
                id,
                PROJECT,
                status,
                minDisk,
                minRam,
                size));
        return id;
    }

    UUID newImage() {
        return newImage("active", 0, 0, 1 << 20);
    }

    String flavor(String name, int vcpus, int memoryMib, int diskGib) {
        String id = UUID.randomUUID().toString();
        jdbi.useHandle(handle -> handle.execute(
                "insert into flavor (id, name, vcpus, memory_mib, disk_gib) values (?, ?, ?, ?, ?)",
                id,
                name,
                vcpus,
                memoryMib,
                diskGib));
        return id;
    }

    // What agents would report.

    /** The agent of that host has built it, or done what was asked for last, and its guest runs. */
    void running(String server) {
        observed(server, PowerState.RUNNING, Optional.empty());
    }

    /** What the agent says of it, after all that was asked for. */
    void observed(String server, PowerState power, Optional<ServerReport.Failure> failure) {
        report(
                held -> new ServerReport.Observed(held.id(), held.power().generation(), power, List.of(), failure),
                server);
    }

    /** What the agent says of it that has not heard of what was asked for since that generation. */
    void observedBefore(String server, PowerState power, long generation) {
        report(held -> new ServerReport.Observed(held.id(), generation, power, List.of(), Optional.empty()), server);
    }

    /** Its host has brought the copy of its root disk that is to become an image. */
    void copied(String server) {
        jdbi.useTransaction(handle -> {
            Servers.Held held = servers.hold(handle, ServerId.parse(server)).orElseThrow();
            reports.brought(handle, held);
            handle.execute(
                    "update image set status = 'active', size = 196608, virtual_size = 1048576 where id = ?",
                    held.copy().orElseThrow().value());
        });
    }

    /** Its host could not. */
    void notCopied(String server, String reason) {
        jdbi.useTransaction(handle -> {
            Servers.Held held = servers.hold(handle, ServerId.parse(server)).orElseThrow();
            Optional<Problem> _ = reports.take(
                    handle,
                    held.host().orElseThrow(),
                    new ServerReport.NotCopied(
                            held.id(),
                            held.copy().orElseThrow(),
                            new ServerReport.Failure("CopyFailed", reason, Optional.empty())));
        });
    }

    /** What the newest entry of the server's record says was done for it, what came of that, and why. */
    String newestEvent(String server) {
        String actions = "/v2.1/servers/" + server + "/os-instance-actions";
        Session member = as("member", "2.96");
        String request =
                member.get(actions).json().at("/instanceActions/0/request_id").asString();
        JsonNode event = member.get(actions + "/" + request).json().at("/instanceAction/events/0");
        return event.path("event").asString() + " " + event.path("result").asString() + ": "
                + event.path("details").asString();
    }

    /** What is done once a minute about copies that never come. */
    void endStalledCopies() {
        assertThat(new CopiesThatNeverCome(new Turns(new Transactions(jdbi)), operations, () -> Duration.ofHours(1))
                        .mend()
                        .failure())
                .isEmpty();
    }

    /** What the agent said of it when that was the newest wish. */
    void observedAt(long generation, String server, PowerState power) {
        report(held -> new ServerReport.Observed(held.id(), generation, power, List.of(), Optional.empty()), server);
    }

    private void report(Function<Servers.Held, ServerReport.Observed> observation, String server) {
        jdbi.useTransaction(handle -> {
            Servers.Held held = servers.hold(handle, ServerId.parse(server)).orElseThrow();
            HostId host = held.host().orElseThrow();
            ServerReport.Observed seen = observation.apply(held);
            List<ServerReport.InterfaceState> interfaces =
                    TestFleet.asTheyShouldBe(ports.of(handle, List.of(held.id())), TestFleet.leases(handle, host));
            Optional<Problem> refusal = reports.take(
                    handle,
                    host,
                    new ServerReport.Observed(
                            seen.server(), seen.generation(), seen.power(), interfaces, seen.failure()));
            if (refusal.isPresent()) {
                throw refusal.get().asException();
            }
        });
    }

    /** What the host's agent is told of the server; empty when it is told nothing of it. */
    Optional<DesiredServer> told(HostId host, String server) {
        return desiredStates.read(host).inOne().find(ServerId.parse(server));
    }

    /** What is done in the background about operations; how many were taken on or back. */
    int mendOperations() {
        return new OverdueOperations(new Turns(new Transactions(jdbi)), operations, () -> Duration.ofHours(1))
                .mend()
                .mended();
    }

    /** What the host's agent is told of the server's NICs. */
    List<DesiredInterface> desired(HostId host, String server) {
        return desiredStates
                .read(host)
                .inOne()
                .find(ServerId.parse(server))
                .orElseThrow()
                .interfaces();
    }

    /** How a NIC reads back that is as it is wanted. */
    static ServerReport.InterfaceState asWanted(DesiredInterface nic) {
        return new ServerReport.InterfaceState(
                nic.port(),
                nic.leases().isEmpty() ? "tap0" : "0000:01:10.0",
                nic.leases().stream()
                        .findFirst()
                        .map(lease -> new ServerReport.VirtualFunctionState(
                                lease, nic.mac(), nic.vlan(), 0, Optional.of(true), Optional.of(false), 0, 0)));
    }

    /** What the host's agent says of the server and its NICs, of the newest wish. */
    void said(
            HostId host,
            String server,
            PowerState power,
            List<ServerReport.InterfaceState> interfaces,
            List<ServerReport.InterfaceGone> gone,
            List<ServerReport.InterfaceFailed> failed) {
        jdbi.useTransaction(handle -> {
            Servers.Held held = servers.hold(handle, ServerId.parse(server)).orElseThrow();
            ServerReport report = new ServerReport.Observed(
                    held.id(), held.power().generation(), power, interfaces, Optional.empty(), gone, failed);
            assertThat(reports.take(handle, host, report)).isEmpty();
        });
    }

    /** What is done in the background about builds on hosts that say nothing; how many servers were told of. */
    int tellOfSilentBuilds() {
        return new BuildsOnSilentHosts(new Turns(new Transactions(jdbi)), () -> Duration.ofHours(1))
                .mend()
                .mended();
    }

    /** All that are members. */
    List<HostId> hosts() {
        return jdbi.withHandle(handle -> handle.createQuery("select id from host")
                .mapTo(UUID.class)
                .map(HostId::new)
                .list());
    }

    /** The host is off for good, and taken out with what is on it. */
    void lose(HostId host) {
        jdbi.useTransaction(handle -> {
            handle.execute("update host set last_seen_at = now() - interval '1 hour' where id = ?", host.value());
            assertThat(scheduling.remove(handle, host, true)).isTrue();
        });
    }

    /** The agent could not build it. */
    void failed(String server, String code, String reason) {
        jdbi.useTransaction(handle -> {
            Servers.Held held = servers.hold(handle, ServerId.parse(server)).orElseThrow();
            Optional<Problem> _ = reports.take(
                    handle,
                    held.host().orElseThrow(),
                    new ServerReport.Failed(
                            held.id(), new ServerReport.Failure(code, reason, Optional.of("set rate: EINVAL"))));
        });
    }

    /** The agent has cleaned up, with every lease that the server holds. */
    void absent(HostId host, String server) {
        jdbi.useTransaction(handle -> {
            List<VirtualFunctionLease> leases = handle.createQuery("""
                            select p.serial, p.port, v.index, v.generation from virtual_function v
                            join physical_function p on p.id = v.physical_function_id
                            where v.leased_server_id = cast(:server as uuid)""")
                    .bind("server", server)
                    .map((row, _) -> new VirtualFunctionLease(
                            new PhysicalFunctionKey(row.getString("serial"), row.getInt("port")),
                            row.getInt("index"),
                            row.getLong("generation")))
                    .list();
            Optional<Problem> _ = reports.take(handle, host, new ServerReport.Absent(ServerId.parse(server), leases));
        });
    }

    /** The agent says that nothing is left of what was that claim of the server, which held no lease. */
    void absent(HostId host, String server, long claim) {
        jdbi.useTransaction(handle -> assertThat(reports.take(
                        handle, host, new ServerReport.Absent(ServerId.parse(server), List.of(), Optional.of(claim))))
                .isEmpty());
    }

    long count(String fromWhere) {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) " + fromWhere)
                .mapTo(Long.class)
                .one());
    }

    String text(String sql) {
        return jdbi.withHandle(
                handle -> handle.createQuery(sql).mapTo(String.class).one());
    }

    void execute(String sql) {
        jdbi.useHandle(handle -> handle.execute(sql));
    }

    /** All servers are gone from the books, and what they held with them. */
    void forgetServers() {
        forgetServers("true");
    }

    /** The same of those that the condition holds for. */
    void forgetServers(String condition) {
        String those = " in (select id from server where " + condition + ")";
        jdbi.useTransaction(handle -> {
            handle.execute(
                    "update virtual_function set leased_port_id = null, leased_server_id = null, leased_host_id = null"
                            + " where leased_server_id" + those);
            handle.execute("update server set host_id = null where id" + those);
            handle.execute("delete from claim where server_id" + those);
            handle.execute("delete from server where " + condition);
        });
    }

    /** How many lines the console of that server was asked for. */
    int consoleLines(String server) {
        return consoleLines.getOrDefault(ServerId.parse(server), 0);
    }

    private Optional<String> console(HostId host, ServerId server, int lines, Duration limit) {
        consoleLines.put(server, lines);
        return lines == 404 ? Optional.empty() : Optional.of("console of " + server);
    }

    /** The members of a JSON object whose order does not matter. */
    static List<String> names(JsonNode list, String member) {
        List<String> names = new ArrayList<>();
        list.forEach(item -> names.add(item.path(member).asString("")));
        return names;
    }

    /** A body for {@code POST /servers}: name, flavor, image and further members as JSON text. */
    static String boot(String name, String flavor, UUID image, String further) {
        ObjectNode server = Json.MAPPER
                .createObjectNode()
                .put("name", name)
                .put("flavorRef", flavor)
                .put("imageRef", image.toString());
        if (!further.isEmpty()) {
            ((ObjectNode) Json.MAPPER.readTree("{" + further.replace('\'', '"') + "}"))
                    .properties()
                    .forEach(member -> server.set(member.getKey(), member.getValue()));
        }
        return "{\"server\": " + server + "}";
    }
}
