package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.store.Transactions;
import org.sluice.model.NetworkId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Subnets: the blocks of addresses of a network. Stateless. */
final class Subnets implements Resource {
    private static final int MOST_ROUTES = 20;
    private static final int MOST_NAME_SERVERS = 5;

    private static final Set<String> SETTABLE = Set.of(
            "network_id",
            "name",
            "description",
            "ip_version",
            "cidr",
            "gateway_ip",
            "enable_dhcp",
            "allocation_pools",
            "dns_nameservers",
            "host_routes",
            "project_id",
            "tenant_id",
            "ipv6_ra_mode",
            "ipv6_address_mode",
            "subnetpool_id",
            "use_default_subnet_pool",
            "prefixlen",
            "service_types",
            "segment_id",
            "dns_publish_fixed_ip");
    private static final Set<String> CHANGEABLE = Set.of(
            "name",
            "description",
            "gateway_ip",
            "enable_dhcp",
            "allocation_pools",
            "dns_nameservers",
            "host_routes",
            "service_types",
            "segment_id",
            "dns_publish_fixed_ip");
    private static final Set<String> SHOWN = Set.of(
            "id",
            "network_id",
            "ip_version",
            "cidr",
            "subnetpool_id",
            "ipv6_ra_mode",
            "ipv6_address_mode",
            "tags",
            "created_at",
            "updated_at",
            "revision_number",
            "project_id",
            "tenant_id");

    private static final String SELECT = """
            select s.*, text(s.cidr) as block, host(s.gateway_ip) as gateway,
                (select coalesce(jsonb_agg(host(d)), '[]') from unnest(s.dns_nameservers) d) as name_servers,
                (select coalesce(jsonb_agg(jsonb_build_object('start', host(a.first), 'end', host(a.last))
                        order by a.first), '[]') from allocation_pool a where a.subnet_id = s.id) as pools
            from subnet s join network n on n.id = s.network_id where
            """;

    private final AffectedHosts hosts;

    Subnets(AffectedHosts hosts) {
        this.hosts = requireNonNull(hosts, "hosts is null");
    }

    @Override
    public String singular() {
        return "subnet";
    }

    @Override
    public String plural() {
        return "subnets";
    }

    @Override
    public String table() {
        return "subnet s";
    }

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                Map.entry("id", Filter.uuid("s.id")),
                Map.entry("name", Filter.text("s.name")),
                Map.entry("description", Filter.text("s.description")),
                Map.entry("network_id", Filter.uuid("s.network_id")),
                Map.entry("project_id", Filter.text("s.project_id")),
                Map.entry("tenant_id", Filter.text("s.project_id")),
                Map.entry("ip_version", Filter.integer("s.ip_version")),
                Map.entry("cidr", Filter.text("text(s.cidr)")),
                Map.entry("gateway_ip", Filter.text("host(s.gateway_ip)")),
                Map.entry("enable_dhcp", Filter.truth("s.enable_dhcp")),
                Map.entry("shared", Filter.truth("n.shared")),
                Map.entry("tags", Filter.allTags("s.tags")),
                Map.entry("tags-any", Filter.anyTag("s.tags")),
                Map.entry("not-tags", Filter.not(Filter.allTags("s.tags"))),
                Map.entry("not-tags-any", Filter.not(Filter.anyTag("s.tags"))));
    }

    @Override
    public Map<String, String> sortable() {
        return Map.of(
                "id", "s.id",
                "name", "s.name",
                "network_id", "s.network_id",
                "cidr", "s.cidr",
                "ip_version", "s.ip_version",
                "project_id", "s.project_id",
                "tenant_id", "s.project_id");
    }

    @Override
    public List<ObjectNode> list(Handle handle, Caller caller, Selection selection) {
        return selection
                .bind(handle.createQuery(SELECT + Visibility.OF_SUBNET + selection.sql()))
                .bind("admin", caller.isAdmin())
                .bind("project", caller.projectId())
                .map((row, context) -> json(row))
                .list();
    }

    @Override
    public ObjectNode show(Handle handle, Caller caller, UUID id) {
        return handle.createQuery(SELECT + Visibility.OF_SUBNET + " and s.id = :id")
                .bind("admin", caller.isAdmin())
                .bind("project", caller.projectId())
                .bind("id", id)
                .map((row, context) -> json(row))
                .findOne()
                .orElseThrow(() -> notFound(id));
    }

    @Override
    public ObjectNode create(Handle handle, Caller caller, ObjectNode body) {
        Input input = new Input(body, SETTABLE, SHOWN, "POST");
        UUID network = input.uuid("network_id");
        refuseWhatIsNotOffered(input);
        int version = version(input);
        String cidr = input.optionalText("cidr")
                .orElseThrow(() ->
                        NetworkProblems.badRequest("Failed to parse request. Required attribute 'cidr' not specified"));
        String project = input.project(caller);
        IpRange block = SubnetPlan.block(cidr, version);
        Optional<String> gateway = input.has("gateway_ip")
                ? input.optionalText("gateway_ip").map(text -> SubnetPlan.gateway(text, block))
                : Optional.of(SubnetPlan.defaultGateway(block));
        SubnetPlan plan = new SubnetPlan(
                block,
                gateway,
                input.hasValue("allocation_pools")
                        ? SubnetPlan.pools(input.objects("allocation_pools"), block)
                        : SubnetPlan.defaultPools(block, gateway));
        plan.requireGatewayOutsidePools();
        List<String> nameServers = nameServers(input, version);
        ArrayNode routes = hostRoutes(input, version);
        claim(handle, caller, network);
        requireNoOverlap(handle, network, plan);
        UUID id = UUID.randomUUID();
        handle.createUpdate("""
                        insert into subnet (id, network_id, project_id, name, description, ip_version, cidr, gateway_ip,
                            enable_dhcp, dns_nameservers, host_routes)
                        values (:id, :network, :project, :name, :description, :version, cast(:cidr as cidr),
                            cast(:gateway as inet), :dhcp, cast(:nameServers as inet[]), cast(:routes as jsonb))""")
                .bind("id", id)
                .bind("network", network)
                .bind("project", project)
                .bind("name", input.text("name", ""))
                .bind("description", input.text("description", ""))
                .bind("version", version)
                .bind("cidr", block.cidr())
                .bind("gateway", gateway.orElse(null))
                .bind("dhcp", input.truth("enable_dhcp", true))
                .bindArray("nameServers", String.class, nameServers)
                .bind("routes", routes.toString())
                .execute();
        insertPools(handle, id, plan.pools());
        return show(handle, caller, id);
    }

    @Override
    public ObjectNode update(Handle handle, Caller caller, UUID id, ObjectNode body) {
        Input input = new Input(body, CHANGEABLE, SHOWN, "PUT");
        refuseWhatIsNotOffered(input);
        record Current(
                UUID network,
                String name,
                String description,
                boolean dhcp,
                String cidr,
                Optional<String> gateway,
                List<String> nameServers,
                String routes,
                List<IpRange> pools) {}
        Current current = handle.createQuery(SELECT + " s.id = :id for no key update of s")
                .bind("id", id)
                .map((row, context) -> new Current(
                        row.getObject("network_id", UUID.class),
                        row.getString("name"),
                        row.getString("description"),
                        row.getBoolean("enable_dhcp"),
                        row.getString("block"),
                        Optional.ofNullable(row.getString("gateway")),
                        textsOf(row, "name_servers"),
                        row.getString("host_routes"),
                        poolsOf(row)))
                .one();
        requireOwner(handle, caller, id, current.network(), "update_subnet");
        IpRange block = IpRange.ofCidr(current.cidr()).orElseThrow();
        Optional<String> gateway = input.has("gateway_ip")
                ? input.optionalText("gateway_ip").map(text -> SubnetPlan.gateway(text, block))
                : current.gateway();
        SubnetPlan plan = new SubnetPlan(
                block,
                gateway,
                input.hasValue("allocation_pools")
                        ? SubnetPlan.pools(input.objects("allocation_pools"), block)
                        : current.pools());
        plan.requireGatewayOutsidePools();
        handle.createUpdate("""
                        update subnet set name = :name, description = :description, gateway_ip = cast(:gateway as inet),
                            enable_dhcp = :dhcp, dns_nameservers = cast(:nameServers as inet[]),
                            host_routes = cast(:routes as jsonb),
                            revision_number = revision_number + 1, updated_at = now()
                        where id = :id""")
                .bind("id", id)
                .bind("name", input.text("name", current.name()))
                .bind("description", input.text("description", current.description()))
                .bind("gateway", gateway.orElse(null))
                .bind("dhcp", input.truth("enable_dhcp", current.dhcp()))
                .bindArray(
                        "nameServers",
                        String.class,
                        input.has("dns_nameservers") ? nameServers(input, block.version()) : current.nameServers())
                .bind(
                        "routes",
                        input.has("host_routes")
                                ? hostRoutes(input, block.version()).toString()
                                : current.routes())
                .execute();
        if (input.hasValue("allocation_pools")) {
            handle.createUpdate("delete from allocation_pool where subnet_id = :id")
                    .bind("id", id)
                    .execute();
            insertPools(handle, id, plan.pools());
        }
        hosts.ofNetwork(handle, new NetworkId(current.network()));
        return show(handle, caller, id);
    }

    @Override
    public void delete(Handle handle, Caller caller, UUID id) {
        UUID network = handle.createQuery("select network_id from subnet where id = :id for update")
                .bind("id", id)
                .mapTo(UUID.class)
                .findOne()
                .orElseThrow(() -> notFound(id));
        requireOwner(handle, caller, id, network, "delete_subnet");
        handle.createUpdate("""
                        delete from ip_allocation a using port p
                        where a.subnet_id = :id and p.id = a.port_id and p.server_id is null
                          and (p.service_host_id is not null or p.device_owner = 'network:dhcp')""").bind("id", id).execute();
        try {
            handle.createUpdate("delete from subnet where id = :id")
                    .bind("id", id)
                    .execute();
        } catch (JdbiException failure) {
            if (Transactions.isForeignKeyViolation(failure)) {
                throw NetworkProblems.conflict(
                        "SubnetInUse",
                        "Unable to complete operation on subnet " + id
                                + ": One or more ports have an IP allocation from this subnet.");
            }
            throw failure;
        }
        touch(handle, network);
        hosts.ofNetwork(handle, new NetworkId(network));
    }

    @Override
    public ProblemException notFound(Object id) {
        return NetworkProblems.subnetNotFound(id);
    }

    /** Locks the network's row, so that two creates cannot both find that they overlap with nothing. */
    private static void claim(Handle handle, Caller caller, UUID network) {
        record Found(String owner, boolean shared) {}
        Found found = handle.createQuery("""
                        select project_id, shared or external as open from network where id = :id
                        for no key update""")
                .bind("id", network)
                .map((row, context) -> new Found(row.getString("project_id"), row.getBoolean("open")))
                .findOne()
                .filter(row -> caller.isAdmin() || row.shared() || row.owner().equals(caller.projectId()))
                .orElseThrow(() -> NetworkProblems.networkNotFound(network));
        if (!caller.isAdmin() && !found.owner().equals(caller.projectId())) {
            throw NetworkProblems.disallowed("create_subnet");
        }
        touch(handle, network);
    }

    private static void touch(Handle handle, UUID network) {
        handle.createUpdate("""
                        update network set revision_number = revision_number + 1, updated_at = now() where id = :id""").bind("id", network).execute();
    }

    private static void requireNoOverlap(Handle handle, UUID network, SubnetPlan plan) {
        boolean overlaps = handle.createQuery("""
                        select exists (select 1 from subnet where network_id = :network
                                       and cidr && cast(:cidr as inet))""")
                .bind("network", network)
                .bind("cidr", plan.block().cidr())
                .mapTo(Boolean.class)
                .one();
        if (overlaps) {
            throw NetworkProblems.invalidInput("Requested subnet with cidr: "
                    + plan.block().cidr() + " for network: " + network + " overlaps with another subnet");
        }
    }

    private static void requireOwner(Handle handle, Caller caller, UUID id, UUID network, String rule) {
        boolean own = handle.createQuery("""
                        select exists (select 1 from subnet s join network n on n.id = s.network_id
                            where s.id = :id and n.id = :network and (s.project_id = :project or n.project_id = :project))""")
                .bind("id", id)
                .bind("network", network)
                .bind("project", caller.projectId())
                .mapTo(Boolean.class)
                .one();
        if (!own && !caller.isAdmin()) {
            throw NetworkProblems.disallowed(rule);
        }
    }

    private static void insertPools(Handle handle, UUID subnet, List<IpRange> pools) {
        for (IpRange pool : pools) {
            handle.createUpdate("""
                            insert into allocation_pool (subnet_id, first, last)
                            values (:subnet, cast(:first as inet), cast(:last as inet))""")
                    .bind("subnet", subnet)
                    .bind("first", pool.firstText())
                    .bind("last", pool.lastText())
                    .execute();
        }
    }

    private static int version(Input input) {
        input.require("ip_version");
        int version = input.integer("ip_version")
                .orElseThrow(() -> NetworkProblems.badField("ip_version", "'None' is not in [4, 6]"));
        if (version != 4 && version != 6) {
            throw NetworkProblems.badField("ip_version", "'" + version + "' is not in [4, 6]");
        }
        return version;
    }

    private static List<String> nameServers(Input input, int version) {
        List<String> servers = new ArrayList<>();
        for (String text : input.texts("dns_nameservers")) {
            IpRange address = IpRange.single(text)
                    .orElseThrow(() -> NetworkProblems.badField(
                            "dns_nameservers", "'" + text + "' is not a valid nameserver: it must be an IP address"));
            if (address.version() != version) {
                throw NetworkProblems.invalidInput(
                        "dns_nameserver '" + text + "' does not match the ip_version '" + version + "'");
            }
            if (servers.contains(address.firstText())) {
                throw NetworkProblems.badField("dns_nameservers", "Duplicate nameserver '" + text + "'");
            }
            servers.add(address.firstText());
        }
        if (servers.size() > MOST_NAME_SERVERS) {
            throw NetworkProblems.of(
                    Problem.Kind.BAD_REQUEST,
                    "DNSNameServersExhausted",
                    "Unable to complete operation for the subnet. The number of DNS nameservers exceeds the limit "
                            + MOST_NAME_SERVERS + ".");
        }
        return servers;
    }

    private static ArrayNode hostRoutes(Input input, int version) {
        ArrayNode routes = org.sluice.controller.http.Json.MAPPER.createArrayNode();
        for (ObjectNode route : input.objects("host_routes")) {
            String destination = route.path("destination").asString("");
            String nextHop = route.path("nexthop").asString("");
            IpRange to = IpRange.ofCidr(destination)
                    .orElseThrow(() ->
                            NetworkProblems.badField("host_routes", "'" + destination + "' is not a valid IP subnet"));
            IpRange by = IpRange.single(nextHop)
                    .orElseThrow(() ->
                            NetworkProblems.badField("host_routes", "'" + nextHop + "' is not a valid IP address"));
            if (to.version() != version || by.version() != version) {
                throw NetworkProblems.invalidInput("host_routes '" + destination + "' by '" + nextHop
                        + "' does not match the ip_version '" + version + "'");
            }
            routes.addObject().put("destination", to.cidr()).put("nexthop", by.firstText());
        }
        if (routes.size() > MOST_ROUTES) {
            throw NetworkProblems.of(
                    Problem.Kind.BAD_REQUEST,
                    "HostRoutesExhausted",
                    "Unable to complete operation for the subnet. The number of host routes exceeds the limit "
                            + MOST_ROUTES + ".");
        }
        return routes;
    }

    private static void refuseWhatIsNotOffered(Input input) {
        input.refuse("ipv6_ra_mode", "router advertisements are not offered; leave it unset");
        input.refuse("ipv6_address_mode", "router advertisements are not offered; leave it unset");
        input.refuse("subnetpool_id", "subnet pools are not offered; give a cidr");
        input.refuse("prefixlen", "subnet pools are not offered; give a cidr");
        input.refuse("service_types", "service types of subnets are not offered");
        input.refuse("segment_id", "routed networks are not offered");
        if (input.truth("use_default_subnet_pool", false)) {
            throw NetworkProblems.badField("use_default_subnet_pool", "subnet pools are not offered; give a cidr");
        }
        if (input.truth("dns_publish_fixed_ip", false)) {
            throw NetworkProblems.badField("dns_publish_fixed_ip", "a DNS service is not offered");
        }
    }

    private static List<String> textsOf(ResultSet row, String column) throws SQLException {
        List<String> texts = new ArrayList<>();
        Rows.json(row, column).forEach(item -> texts.add(item.asString()));
        return texts;
    }

    private static List<IpRange> poolsOf(ResultSet row) throws SQLException {
        List<IpRange> pools = new ArrayList<>();
        Rows.json(row, "pools")
                .forEach(pool -> pools.add(IpRange.between(
                                pool.path("start").asString(), pool.path("end").asString())
                        .orElseThrow()));
        return pools;
    }

    private static ObjectNode json(ResultSet row) throws SQLException {
        ObjectNode subnet = Rows.object();
        subnet.put("id", row.getString("id"));
        subnet.put("name", row.getString("name"));
        subnet.put("tenant_id", row.getString("project_id"));
        subnet.put("network_id", row.getString("network_id"));
        subnet.put("ip_version", row.getInt("ip_version"));
        subnet.putNull("subnetpool_id");
        subnet.put("enable_dhcp", row.getBoolean("enable_dhcp"));
        subnet.putNull("ipv6_ra_mode");
        subnet.putNull("ipv6_address_mode");
        subnet.put("gateway_ip", row.getString("gateway"));
        subnet.put("cidr", row.getString("block"));
        subnet.set("allocation_pools", Rows.json(row, "pools"));
        subnet.set("host_routes", Rows.json(row, "host_routes"));
        subnet.set("dns_nameservers", Rows.json(row, "name_servers"));
        subnet.put("description", row.getString("description"));
        subnet.putArray("service_types");
        Rows.putStandardAttributes(subnet, row);
        subnet.put("project_id", row.getString("project_id"));
        return subnet;
    }
}
