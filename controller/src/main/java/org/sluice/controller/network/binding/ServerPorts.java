package org.sluice.controller.network.binding;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Json;
import org.sluice.controller.network.address.AddressRows;
import org.sluice.controller.network.address.IpRange;
import org.sluice.controller.network.address.RestingAddresses;
import org.sluice.controller.network.address.WantedAddress;
import org.sluice.controller.network.network.NetworkRules;
import org.sluice.controller.network.port.FixedIps;
import org.sluice.controller.network.port.NetworkFacts;
import org.sluice.controller.network.port.NewPort;
import org.sluice.controller.network.port.PortMaking;
import org.sluice.controller.network.port.PortRules;
import org.sluice.controller.network.securitygroup.SecurityGroups;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.Access;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;
import org.sluice.controller.policy.Who;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.Problem.Kind;
import org.sluice.model.ProblemException;
import org.sluice.model.SecurityGroupId;
import org.sluice.model.ServerId;
import org.sluice.model.SubnetId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.DesiredInterface.Presence;
import org.sluice.model.protocol.DesiredInterface.Wish;
import tools.jackson.databind.JsonNode;

/**
 * The ports of servers: taken when a server is created, given back when nothing of it is left. The caller owns the
 * transaction. Thread-safe.
 *
 * <p>Refusals are worded as the Compute API words them (nova's exceptions of the same names), because a server create is
 * where a user meets them.
 */
public final class ServerPorts {
    private static final Rule ATTACH_EXTERNAL = Rule.of(
            "network:attach_external_network", Who.ADMIN, "Put servers on external networks that are not shared.");

    /** A server has no more NICs than that. */
    public static final int MOST = 28;

    private final PortMaking making;
    private final RestingAddresses resting = new RestingAddresses();
    private final SecurityGroups securityGroups = new SecurityGroups();

    /** Random MACs of new ports come from that generator. */
    public ServerPorts(RandomGenerator random) {
        this.making = new PortMaking(random);
    }

    /** The rules that it asks for. */
    public static List<Rule> rules() {
        return Stream.concat(
                        Stream.of(NetworkRules.GET, PortRules.GET, PortRules.CREATE, ATTACH_EXTERNAL),
                        PortRules.CHOICE_OF_ADDRESS.stream())
                .toList();
    }

    /**
     * Makes the requested NICs the server's, in that order. A port without addresses is taken as it is; a network without
     * a subnet is refused, as in nova. The caller may do by way of a server what he may at the Network API, and no more.
     *
     * @param access what the caller may
     * @param securityGroupNames names or ids of the groups of ports made here; empty for the project's default group
     * @return the server's NICs
     * @throws org.sluice.model.ProblemException 400 for a port, network or group that is not there, a network without a
     *     subnet, an address outside the network, a port that is administratively down; 409 for a port or address in use
     *     and for a group name that several groups have; 403 for an external network, a port or an address that the caller may not
     *     have
     */
    public List<AttachedPort> attach(
            Handle handle, Access access, ServerId server, List<NicRequest> requests, List<String> securityGroupNames) {
        requireNonNull(server, "server is null");
        lockPorts(handle, requests);
        String project = access.caller().projectId();
        Set<PortId> seen = new HashSet<>();
        @Nullable List<SecurityGroupId> groups = null;
        for (int index = 0; index < requests.size(); index++) {
            PortId port = switch (requests.get(index)) {
                case NicRequest.ByPort byPort -> {
                    requireUsable(handle, access, project, byPort.port());
                    if (!seen.add(byPort.port())) {
                        throw portInUse(byPort.port());
                    }
                    yield byPort.port();
                }
                case NicRequest.ByNetwork byNetwork -> {
                    if (groups == null) {
                        groups = resolve(handle, project, securityGroupNames);
                    }
                    yield make(handle, access, project, byNetwork, groups);
                }
            };
            give(handle, server, port, index);
        }
        return of(handle, List.of(server));
    }

    /**
     * Makes one more NIC the server's, after those that it has.
     *
     * @param access what the caller may
     * @param project the server's, which the port is of, whoever asks
     * @return the NIC
     * @throws org.sluice.model.ProblemException as {@link #attach(Handle, Access, ServerId, List, List)}, and 400 when the server has
     *     as many as it may have
     */
    public AttachedPort attach(Handle handle, Access access, String project, ServerId server, NicRequest request) {
        lockPorts(handle, List.of(request));
        record Nics(int count, int next) {}
        Nics nics = handle.createQuery("""
                        select count(*) as count, coalesce(max(nic_index) + 1, 0) as next from port
                        where server_id = :server""")
                .bind("server", server.value())
                .map((row, _) -> new Nics(row.getInt("count"), row.getInt("next")))
                .one();
        if (nics.count() >= MOST) {
            throw NetworkProblems.of(
                    Kind.BAD_REQUEST,
                    "InterfaceAttachFailed",
                    "Server " + server + " has " + nics.count() + " NICs, and cannot have more.");
        }
        PortId port = switch (request) {
            case NicRequest.ByPort byPort -> {
                requireUsable(handle, access, project, byPort.port());
                yield byPort.port();
            }
            case NicRequest.ByNetwork byNetwork ->
                make(handle, access, project, byNetwork, resolve(handle, project, List.of()));
        };
        give(handle, server, port, nics.next());
        return of(handle, List.of(server)).stream()
                .filter(nic -> nic.port().equals(port))
                .findFirst()
                .orElseThrow();
    }

    private static void give(Handle handle, ServerId server, PortId port, int index) {
        handle.createUpdate("""
                        update port set server_id = :server, device_id = cast(:server as text),
                            device_owner = 'compute:', nic_index = :index,
                            revision_number = revision_number + 1, updated_at = now()
                        where id = :id""")
                .bind("server", server.value())
                .bind("index", index)
                .bind("id", port.value())
                .execute();
    }

    /**
     * Gives the server's ports back: those made for it go, the others are as if they had never been used. Leases of
     * virtual functions must have ended before.
     */
    public void detach(Handle handle, ServerId server) {
        resting.end(handle, server);
        handle.createUpdate("delete from port where server_id = :server and made_for_server")
                .bind("server", server.value())
                .execute();
        handle.createUpdate("""
                        delete from interface_change where server_id = :server;
                        delete from port_binding where server_id = :server;
                        update port set server_id = null, device_id = '', device_owner = '', nic_index = 0,
                            status = 'DOWN', binding_host = '', revision_number = revision_number + 1, updated_at = now()
                        where server_id = :server""").bind("server", server.value()).execute();
    }

    /** Gives one of the server's ports back in the same way. Its lease of a virtual function must have ended before. */
    public void detach(Handle handle, ServerId server, PortId port) {
        resting.end(handle, port);
        handle.createUpdate("""
                        delete from port where id = :port and server_id = :server and made_for_server;
                        delete from interface_change where port_id = :port and server_id = :server;
                        delete from port_binding where port_id = :port and server_id = :server;
                        update port set server_id = null, device_id = '', device_owner = '', nic_index = 0,
                            status = 'DOWN', binding_host = '', revision_number = revision_number + 1, updated_at = now()
                        where id = :port and server_id = :server""")
                .bind("server", server.value())
                .bind("port", port.value())
                .execute();
    }

    /**
     * Takes the bindings of the server's ports away; they stay its NICs, with their addresses, and can be bound to another host. One
     * that was about to be given back is.
     */
    public void unplug(Handle handle, ServerId server) {
        handle.createQuery("select port_id from interface_change where server_id = :server and kind = 'detach'")
                .bind("server", server.value())
                .mapTo(UUID.class)
                .list()
                .forEach(port -> detach(handle, server, new PortId(port)));
        handle.createUpdate("""
                        delete from interface_change where server_id = :server;
                        delete from port_binding where server_id = :server;
                        update port set status = 'DOWN', binding_host = '', revision_number = revision_number + 1,
                            updated_at = now()
                        where server_id = :server""").bind("server", server.value()).execute();
    }

    /** The server's ports are shown on no host; a host that has yet to give the server up keeps what it has for them. */
    public void unbind(Handle handle, ServerId server) {
        handle.createUpdate("""
                        update port_binding set active = false where server_id = :server and active;
                        update port set status = 'DOWN', binding_host = '', revision_number = revision_number + 1,
                            updated_at = now()
                        where server_id = :server and binding_host <> ''""").bind("server", server.value()).execute();
    }

    /** What is shown of the NICs of those servers, each server's in order, in one query. */
    public List<ShownNic> shown(Handle handle, Collection<ServerId> servers) {
        return ShownNics.of(handle, servers);
    }

    /** The NICs of those servers, each server's in order, in one query. */
    public List<AttachedPort> of(Handle handle, Collection<ServerId> servers) {
        if (servers.isEmpty()) {
            return List.of();
        }
        return handle.createQuery("select * from attached_ports(:servers)")
                .bindArray(
                        "servers",
                        UUID.class,
                        servers.stream().map(ServerId::value).toList())
                .map((row, context) -> read(row))
                .list();
    }

    /**
     * The networks a server of that project could be put on when none was named: the project's own and shared ones that have
     * a subnet. Nova takes the only one, and refuses when there are several.
     */
    public List<NetworkId> usableNetworks(Handle handle, String project) {
        return handle.createQuery("""
                        select id from network n
                        where (n.project_id = :project or n.shared) and not n.external and n.admin_state_up
                          and exists (select 1 from subnet s where s.network_id = n.id)
                        order by id""")
                .bind("project", project)
                .mapTo(UUID.class)
                .map(NetworkId::new)
                .list();
    }

    /** In the order of their ids, so that two creates that name the same ports in another order cannot deadlock. */
    private static void lockPorts(Handle handle, List<NicRequest> requests) {
        List<UUID> ids = requests.stream()
                .filter(NicRequest.ByPort.class::isInstance)
                .map(request -> ((NicRequest.ByPort) request).port().value())
                .toList();
        if (!ids.isEmpty()) {
            handle.createQuery("select id from port where id = any(:ids) order by id for update")
                    .bindArray("ids", UUID.class, ids)
                    .mapTo(UUID.class)
                    .list();
        }
    }

    private static void requireUsable(Handle handle, Access access, String project, PortId port) {
        record Found(String projectId, boolean used, boolean portUp, boolean networkUp) {}
        RowCondition seen = access.rows(PortRules.GET);
        Found found = seen.bind(handle.createQuery("""
                        select p.project_id, p.server_id is not null or p.serves or p.device_id <> '' as used,
                            p.admin_state_up as port_up, n.admin_state_up as network_up
                        from port p join network n on n.id = p.network_id where p.id = :id and\s""" + seen.sql()))
                .bind("id", port.value())
                .map((row, context) -> new Found(
                        row.getString("project_id"),
                        row.getBoolean("used"),
                        row.getBoolean("port_up"),
                        row.getBoolean("network_up")))
                .findOne()
                .orElseThrow(() ->
                        NetworkProblems.of(Kind.BAD_REQUEST, "PortNotFound", "Port " + port + " could not be found."));
        if (!found.projectId().equals(project)) {
            throw NetworkProblems.of(
                    Kind.BAD_REQUEST,
                    "PortNotUsable",
                    "Port " + port + " not usable for this server: it belongs to another project.");
        }
        if (found.used()) {
            throw portInUse(port);
        }
        if (!found.portUp() || !found.networkUp()) {
            throw NetworkProblems.of(
                    Kind.BAD_REQUEST,
                    "PortNotUsable",
                    "Port " + port + " is administratively down; set admin_state_up of the "
                            + (found.portUp() ? "network" : "port") + " to true before you use it.");
        }
    }

    private PortId make(
            Handle handle, Access access, String project, NicRequest.ByNetwork request, List<SecurityGroupId> groups) {
        NetworkId network = request.network();
        NetworkFacts found = NetworkFacts.find(handle, network, project)
                .filter(candidate -> access.may(
                        NetworkRules.GET,
                        NetworkRules.target(candidate.project(), candidate.shared(), candidate.external())))
                .orElseThrow(() -> NetworkProblems.of(
                        Kind.BAD_REQUEST, "NetworkNotFound", "Network " + network + " could not be found."));
        if (found.external() && !found.shared() && !access.may(ATTACH_EXTERNAL)) {
            throw NetworkProblems.of(
                    Kind.FORBIDDEN,
                    "ExternalNetworkAttachForbidden",
                    "It is not allowed to create an interface on external network " + network);
        }
        Target target = PortRules.target(project, found.project(), found.shared());
        requireMay(access, PortRules.CREATE, target);
        if (found.subnets().isEmpty()) {
            throw NetworkProblems.of(
                    Kind.BAD_REQUEST,
                    "NetworkRequiresSubnet",
                    "Network " + network + " requires a subnet in order to boot instances on.");
        }
        if (!found.up()) {
            throw NetworkProblems.of(
                    Kind.BAD_REQUEST,
                    "NetworkNotUsable",
                    "Network " + network + " is administratively down; set its admin_state_up to true first.");
        }
        NewPort port = NewPort.plain(network, project, groups).madeForAServer();
        List<WantedAddress> addresses = request.fixedIp()
                .map(address -> List.of(chosen(found, access, target, address)))
                .orElseGet(() -> FixedIps.any(found));
        return making.make(
                handle,
                port,
                found.fabric(),
                addresses,
                (row, context) -> port.id(),
                wanted -> unavailable(network, wanted));
    }

    /** The same rights as at the Network API: on a network of another project one takes the addresses one is given. */
    private static WantedAddress chosen(NetworkFacts network, Access access, Target port, String text) {
        PortRules.CHOICE_OF_ADDRESS.forEach(rule -> requireMay(access, rule, port));
        Optional<IpRange> address = IpRange.single(text);
        SubnetId subnet = address.flatMap(one -> FixedIps.subnetOf(network, "", one))
                .orElseThrow(() -> NetworkProblems.of(
                        Kind.BAD_REQUEST,
                        "InvalidFixedIp",
                        "Fixed IP address " + text + " is not a valid ip address for network " + network.id() + "."));
        return new WantedAddress(List.of(subnet), address.map(IpRange::firstText));
    }

    private static void requireMay(Access access, Rule rule, Target port) {
        if (!access.may(rule, port)) {
            throw NetworkProblems.disallowed(rule.name());
        }
    }

    private static ProblemException unavailable(NetworkId network, WantedAddress wanted) {
        return wanted.address()
                .map(address -> NetworkProblems.conflict(
                        "FixedIpAlreadyInUse",
                        "Fixed IP address " + address + " is already in use on network " + network + "."))
                .orElseGet(() -> NetworkProblems.noAddressLeft(network));
    }

    private List<SecurityGroupId> resolve(Handle handle, String projectId, List<String> names) {
        if (names.isEmpty()) {
            return List.of(securityGroups.ensureDefault(handle, projectId));
        }
        List<SecurityGroupId> ids = new ArrayList<>();
        for (String name : names) {
            if (name.equals("default")) {
                ids.add(securityGroups.ensureDefault(handle, projectId));
                continue;
            }
            List<UUID> found = handle.createQuery("""
                            select id from security_group
                            where project_id = :project and (name = :name or cast(id as text) = :name)""")
                    .bind("project", projectId)
                    .bind("name", name)
                    .mapTo(UUID.class)
                    .list();
            if (found.isEmpty()) {
                throw NetworkProblems.of(
                        Kind.BAD_REQUEST, "SecurityGroupNotFound", "Security group " + name + " not found.");
            }
            if (found.size() > 1) {
                throw NetworkProblems.conflict(
                        "NoUniqueMatch",
                        "Multiple security groups found matching '" + name + "'. Use an ID to be more specific.");
            }
            ids.add(new SecurityGroupId(found.getFirst()));
        }
        return ids.stream().distinct().toList();
    }

    private static ProblemException portInUse(PortId port) {
        return NetworkProblems.conflict("PortInUse", "Port " + port + " is still in use.");
    }

    private static AttachedPort read(ResultSet row) throws SQLException {
        int vlan = row.getInt("segmentation_id");
        boolean flat = row.wasNull();
        List<AttachedPort.SecurityGroupName> groups = new ArrayList<>();
        for (JsonNode group : Json.MAPPER.readTree(row.getString("security_groups"))) {
            groups.add(new AttachedPort.SecurityGroupName(
                    SecurityGroupId.parse(group.path("id").asString()),
                    group.path("name").asString()));
        }
        return new AttachedPort(
                new PortId(row.getObject("id", UUID.class)),
                new ServerId(row.getObject("server_id", UUID.class)),
                new NetworkId(row.getObject("network_id", UUID.class)),
                row.getString("network_name"),
                VnicType.ofWireName(row.getString("vnic_type")).orElseThrow(),
                new MacAddress(row.getString("mac_address")),
                row.getString("physical_network"),
                row.getString("network_type"),
                flat ? Optional.empty() : Optional.of(vlan),
                row.getInt("mtu"),
                AddressRows.parse(row.getString("addresses")),
                groups,
                row.getBoolean("port_security"),
                row.getString("status"),
                row.getInt("nic_index"),
                row.getBoolean("made_for_server"),
                wish(row));
    }

    private static Wish wish(ResultSet row) throws SQLException {
        long change = row.getLong("change");
        if (row.wasNull()) {
            return Wish.THERE;
        }
        return new Wish("attach".equals(row.getString("change_kind")) ? Presence.PRESENT : Presence.ABSENT, change);
    }
}
