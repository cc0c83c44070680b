package org.sluice.controller.agents;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.NicRequest;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.policy.Access;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.scheduling.DecisionObserver;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.scheduling.Placement;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.scheduling.ServerRequest;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerActions;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.Database;
import org.sluice.model.HostId;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.Problem;
import org.sluice.model.Resources;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.Inventory;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.PowerState;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.VirtualFunction;
import org.sluice.model.protocol.VirtualFunctionLease;

/** One controller's view of a cloud whose hosts exist as inventories only. Several of them may share a database. */
public final class TestFleet {
    public static final String PROJECT = "11111111111111111111111111111111";
    public static final String UPLINK_NETWORK = "physnet0";
    public static final String VF_NETWORK = "sriovnet0";

    public static final Caller CALLER =
            new Caller("22222222222222222222222222222222", "demo", PROJECT, "demo", Set.of("member"));

    private static final Access ACCESS = Policy.of(ServerPorts.rules()).access(CALLER);

    private final RandomGenerator random = new Random(7);
    private final Database database;
    private final Servers servers = new Servers();
    public final ServerPorts serverPorts = new ServerPorts(random);
    public final ServicePorts servicePorts = new ServicePorts(random);
    public final Bindings bindings = new Bindings();
    public final FleetIndex index;
    private final AtomicInteger racesLost = new AtomicInteger();
    public final Scheduling scheduling;
    public final Reports reports;
    public final FollowingAgents agents;

    public TestFleet(Database database) {
        this(database, new FleetIndex(), Duration.ZERO);
    }

    /** One whose servers wait for hosts that are just coming back. */
    public TestFleet(Database database, FleetIndex index, Duration patience) {
        this.database = database;
        this.index = index;
        this.scheduling = new Scheduling(index, serverPorts, bindings, servicePorts, patience, new DecisionObserver() {
            @Override
            public void decided(boolean placed, Collection<String> filters) {
                // Tests read decisions in the books.
            }

            @Override
            public void lostRace() {
                racesLost.incrementAndGet();
            }
        });
        this.agents = new FollowingAgents(database, new DesiredStore(serverPorts));
        this.reports = new Reports(scheduling, serverPorts, bindings, new Operations(scheduling));
    }

    /** How many claims found what they wanted taken. */
    public int racesLost() {
        return racesLost.get();
    }

    /** Empties the database's tables that tests fill, so that each test starts from nothing. */
    public void clear() {
        database.jdbi().useHandle(handle -> handle.execute("""
                truncate virtual_function, physical_function, bridge_uplink, host_query, scheduling_decision, server,
                    port, ip_allocation, allocation_pool, subnet, network, vlan_range, physical_network, join_token,
                    aggregate_host, aggregate, host, image cascade;
                update qualification_setting
                    set policy = default, required_share = default, allowed_p99_factor = default"""));
        database.jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into physical_network (name) values (?), (?)", UPLINK_NETWORK, VF_NETWORK));
    }

    /** A live host of 64 processors and 256 GiB with one card on {@link #VF_NETWORK} and an uplink. */
    public HostId host(String name, int virtualFunctions) {
        HostId host = HostId.random();
        database.jdbi().useTransaction(handle -> {
            handle.execute("insert into host (id, name) values (?, ?)", host.value(), name);
            new InventoryStore().put(handle, host, inventory(name, virtualFunctions));
            handle.execute(
                    "update physical_function set physical_network = ? where host_id = ?", VF_NETWORK, host.value());
            handle.execute(
                    "insert into bridge_uplink (host_id, physical_network, interface) values (?, ?, 'phys0')",
                    host.value(),
                    UPLINK_NETWORK);
        });
        return host;
    }

    public static Inventory inventory(String name, int virtualFunctions) {
        return inventory(name, List.of(card(name, virtualFunctions)));
    }

    public static Inventory inventory(String name, List<PhysicalFunction> cards) {
        return new Inventory(
                name,
                64,
                262_144,
                1_000,
                "QEMU",
                10_000_002,
                "x86_64",
                List.of("phys0", "eth1"),
                cards,
                Optional.of(List.of()),
                List.of());
    }

    public static PhysicalFunction card(String host, int virtualFunctions) {
        List<VirtualFunction> functions = new ArrayList<>();
        for (int index = 0; index < virtualFunctions; index++) {
            functions.add(new VirtualFunction(
                    index, "0000:01:%02x.%d".formatted(0x10 + index / 8, index % 8), 20 + index, "igbvf"));
        }
        return new PhysicalFunction(
                key(host),
                "ens1f0",
                "0000:01:00.0",
                "8086",
                "10c9",
                "10ca",
                "igb",
                0,
                64,
                new MacAddress("52:54:00:00:00:01"),
                true,
                functions,
                Optional.empty());
    }

    public static PhysicalFunctionKey key(String host) {
        return new PhysicalFunctionKey("serial-" + host, 0);
    }

    /** A VLAN network with a subnet of DHCP. */
    public NetworkId network(String physicalNetwork, int vlan) {
        UUID network = UUID.randomUUID();
        UUID subnet = UUID.randomUUID();
        database.jdbi().useTransaction(handle -> {
            handle.execute("""
                    insert into network (id, project_id, name, mtu, network_type, physical_network, segmentation_id)
                    values (?, ?, ?, 1500, 'vlan', ?, ?)""", network, PROJECT, "net-" + vlan, physicalNetwork, vlan);
            handle.execute("""
                    insert into subnet (id, network_id, project_id, name, ip_version, cidr, gateway_ip)
                    values (?, ?, ?, '', 4, '10.0.0.0/16', '10.0.0.1')""", subnet, network, PROJECT);
            handle.execute(
                    "insert into allocation_pool (subnet_id, first, last) values (?, '10.0.0.2', '10.0.255.254')",
                    subnet);
        });
        return new NetworkId(network);
    }

    public PortId port(NetworkId network, VnicType type) {
        UUID port = UUID.randomUUID();
        database.jdbi()
                .useHandle(handle -> handle.execute(
                        """
                        insert into port (id, network_id, project_id, name, mac_address, fabric, vnic_type)
                        select ?, id, project_id, '', ?, physical_network, ? from network where id = ?""",
                        port,
                        MacAddress.random(new java.security.SecureRandom()).value(),
                        type.wireName(),
                        network.value()));
        return new PortId(port);
    }

    /** What {@code POST /servers} does: the row, the ports, the place; one transaction. */
    public Boot boot(PortId... ports) {
        return boot(Optional.empty(), ports);
    }

    public Boot boot(Optional<String> zone, PortId... ports) {
        return database.jdbi().inTransaction(handle -> boot(handle, zone, ports));
    }

    public Boot boot(Handle handle, Optional<String> zone, PortId... ports) {
        ServerRequest request = prepare(handle, zone, ports);
        return new Boot(request.server(), scheduling.place(handle, request));
    }

    public ServerRequest prepare(Handle handle, Optional<String> zone, PortId... ports) {
        ServerId server = ServerId.random();
        handle.execute("""
                insert into server (id, project_id, user_id, name, hostname, status, image_id, flavor_id, flavor_name,
                    vcpus, memory_mib, disk_gib, image_facts, reservation_id, key_name, public_key)
                values (?, ?, 'user', 'vm00', 'vm00', 'BUILD', ?, '1', 'm1.standard', 1, 1024, 1, '{}', 'r-1',
                    'dev001', 'ssh-ed25519 AAAA')""", server.value(), PROJECT, UUID.randomUUID());
        List<NicRequest> nics = new ArrayList<>();
        for (PortId port : ports) {
            nics.add(new NicRequest.ByPort(port));
        }
        List<AttachedPort> attached = serverPorts.attach(handle, ACCESS, server, nics, List.of());
        return new ServerRequest(server, PROJECT, new Resources(1, 1024, 1), Map.of(), Map.of(), zone, attached);
    }

    /** A server and what came of placing it. */
    public record Boot(ServerId server, Placement placement) {
        public boolean isPlaced() {
            return placement instanceof Placement.Placed;
        }

        public Placement.Placed placed() {
            return (Placement.Placed) placement;
        }

        public String refusal() {
            return ((Placement.Refused) placement).problem().sentence();
        }
    }

    public void delete(ServerId server) {
        database.jdbi().useTransaction(handle -> scheduling.requestDelete(handle, server));
    }

    /** Somebody of the server's project asks for that. */
    public void ask(ServerId server, ServerAction action) {
        database.jdbi()
                .useTransaction(handle -> servers.ask(
                        handle,
                        servers.hold(handle, server).orElseThrow(),
                        action,
                        new ServerActions.Asker("req-" + action.text(), "user", PROJECT)));
    }

    /** The host's agent does all that is wished of its servers now, and says so: copies, power, and what is to go. */
    public void obey(HostId host) {
        obey(host, reports);
    }

    /** The same, said to those. */
    public void obey(HostId host, Reports reports) {
        agents.fetch(host);
        record Wish(ServerId server, boolean present, String power, long generation, boolean copies) {}
        List<Wish> wishes = database.jdbi()
                .withHandle(handle -> handle.createQuery("""
                        select c.server_id, c.present, c.power, c.power_generation,
                            c.role = 'current' and s.copy_image_id is not null as copies
                        from claim c join server s on s.id = c.server_id
                        where c.host_id = :host and (c.role <> 'incoming' or not c.present)""")
                        .bind("host", host.value())
                        .map((row, _) -> new Wish(
                                new ServerId(row.getObject(1, UUID.class)),
                                row.getBoolean(2),
                                row.getString(3),
                                row.getLong(4),
                                row.getBoolean(5)))
                        .list());
        for (Wish wish : wishes) {
            if (!wish.present()) {
                report(host, absent(host, wish.server()), reports);
            } else if (wish.copies()) {
                database.jdbi()
                        .useTransaction(handle -> servers.hold(handle, wish.server())
                                .filter(held -> held.copy().isPresent())
                                .ifPresent(held -> reports.brought(handle, held)));
            } else {
                report(
                        host,
                        new ServerReport.Observed(
                                wish.server(),
                                wish.generation(),
                                wish.power().equals("STOPPED") ? PowerState.STOPPED : PowerState.RUNNING,
                                running(host, wish.server()).interfaces(),
                                Optional.empty()),
                        reports);
            }
        }
    }

    private void report(HostId host, ServerReport report, Reports to) {
        database.jdbi().useTransaction(handle -> to.take(handle, host, report));
    }

    public void report(HostId host, ServerReport report) {
        take(host, report);
    }

    public Optional<Problem> take(HostId host, ServerReport report) {
        agents.fetch(host);
        return database.jdbi().inTransaction(handle -> reports.take(handle, host, report));
    }

    /** What the host's agent would report of a server that runs as it should. */
    public ServerReport.Observed running(HostId host, ServerId server) {
        return running(
                server,
                asTheyShouldBe(
                        database.jdbi().withHandle(handle -> serverPorts.of(handle, List.of(server))), leases(host)));
    }

    /** NICs that read back what was asked for. */
    public static List<ServerReport.InterfaceState> asTheyShouldBe(
            List<AttachedPort> ports, Map<PortId, VirtualFunctionLease> leases) {
        List<ServerReport.InterfaceState> states = new ArrayList<>();
        for (AttachedPort port : ports) {
            states.add(new ServerReport.InterfaceState(
                    port.port(),
                    port.vnicType() == VnicType.DIRECT ? "0000:01:10.0" : "tap0",
                    Optional.ofNullable(leases.get(port.port()))
                            .map(lease -> new ServerReport.VirtualFunctionState(
                                    lease,
                                    port.mac(),
                                    port.vlan().orElse(0),
                                    0,
                                    Optional.of(true),
                                    Optional.empty(),
                                    0,
                                    0))));
        }
        return states;
    }

    /** A report of a server that nobody asked anything of, and that runs with these NICs. */
    public static ServerReport.Observed running(ServerId server, List<ServerReport.InterfaceState> interfaces) {
        return new ServerReport.Observed(server, 0, PowerState.RUNNING, interfaces, Optional.empty());
    }

    public ServerReport.Absent absent(HostId host, ServerId server) {
        List<PortId> ports = database.jdbi().withHandle(handle -> serverPorts.of(handle, List.of(server))).stream()
                .map(AttachedPort::port)
                .toList();
        Map<PortId, VirtualFunctionLease> leases = leases(host);
        return new ServerReport.Absent(
                server,
                ports.stream().filter(leases::containsKey).map(leases::get).toList());
    }

    public Map<PortId, VirtualFunctionLease> leases(HostId host) {
        return database.jdbi().withHandle(handle -> leases(handle, host));
    }

    /** The leases of VFs on that host, by port. */
    public static Map<PortId, VirtualFunctionLease> leases(Handle handle, HostId host) {
        return handle
                .createQuery(Leases.SELECT + " where pf.host_id = :host and vf.leased_port_id is not null")
                .bind("host", host.value())
                .map((row, _) -> Map.entry(new PortId(row.getObject("leased_port_id", UUID.class)), Leases.read(row)))
                .list()
                .stream()
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** A number from the books. */
    public long count(String sql, Object... arguments) {
        return database.jdbi().withHandle(handle -> {
            var query = handle.createQuery(sql);
            for (int position = 0; position < arguments.length; position++) {
                query.bind(position, arguments[position]);
            }
            return query.mapTo(Long.class).one();
        });
    }

    /** A text from the books; empty when there is no such row or it is null. */
    public Optional<String> text(String sql, Object... arguments) {
        return database.jdbi().withHandle(handle -> {
            var query = handle.createQuery(sql);
            for (int position = 0; position < arguments.length; position++) {
                query.bind(position, arguments[position]);
            }
            return query.mapTo(String.class).findOne();
        });
    }
}
