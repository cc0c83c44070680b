package org.sluice.controller.network;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
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
import tools.jackson.databind.node.ObjectNode;

/** Networks: one segment each on a physical network. Stateless. */
final class Networks implements Resource {
    /** RFC 791: every host must take packets of this size. */
    private static final int SMALLEST_MTU = 68;

    private static final int ATTEMPTS = 64;

    private static final Set<String> PROVIDER =
            Set.of("provider:network_type", "provider:physical_network", "provider:segmentation_id");
    private static final Set<String> SETTABLE = Set.of(
            "name",
            "description",
            "admin_state_up",
            "shared",
            "router:external",
            "port_security_enabled",
            "mtu",
            "provider:network_type",
            "provider:physical_network",
            "provider:segmentation_id",
            "project_id",
            "tenant_id",
            "availability_zone_hints",
            "qos_policy_id",
            "is_default");
    private static final Set<String> CHANGEABLE = Set.of(
            "name",
            "description",
            "admin_state_up",
            "shared",
            "router:external",
            "port_security_enabled",
            "mtu",
            "qos_policy_id",
            "is_default",
            "provider:network_type",
            "provider:physical_network",
            "provider:segmentation_id");
    private static final Set<String> SHOWN = Set.of(
            "id",
            "status",
            "subnets",
            "tags",
            "created_at",
            "updated_at",
            "revision_number",
            "availability_zones",
            "availability_zone_hints",
            "ipv4_address_scope",
            "ipv6_address_scope",
            "project_id",
            "tenant_id");

    private static final String SELECT = """
            select n.*, (select coalesce(jsonb_agg(s.id order by s.created_at, s.id), '[]')
                         from subnet s where s.network_id = n.id) as subnets
            from network n where
            """;

    private final Segments segments = new Segments();
    private final AffectedHosts hosts;

    Networks(AffectedHosts hosts) {
        this.hosts = requireNonNull(hosts, "hosts is null");
    }

    @Override
    public String singular() {
        return "network";
    }

    @Override
    public String plural() {
        return "networks";
    }

    @Override
    public String table() {
        return "network n";
    }

    /** Each holds a lock on its VLAN until the transaction ends, and all transactions share one lock table. */
    @Override
    public int mostAtOnce() {
        return 100;
    }

    @Override
    public Map<String, Filter> filters() {
        return Map.ofEntries(
                Map.entry("id", Filter.uuid("n.id")),
                Map.entry("name", Filter.text("n.name")),
                Map.entry("description", Filter.text("n.description")),
                Map.entry("project_id", Filter.text("n.project_id")),
                Map.entry("tenant_id", Filter.text("n.project_id")),
                Map.entry("admin_state_up", Filter.truth("n.admin_state_up")),
                Map.entry("shared", Filter.truth("n.shared")),
                Map.entry("router:external", Filter.truth("n.external")),
                Map.entry("status", Filter.text("'ACTIVE'")),
                Map.entry("mtu", Filter.integer("n.mtu")),
                Map.entry("provider:network_type", Filter.text("n.network_type")),
                Map.entry("provider:physical_network", Filter.text("n.physical_network")),
                Map.entry("provider:segmentation_id", Filter.integer("n.segmentation_id")),
                Map.entry("tags", Filter.allTags("n.tags")),
                Map.entry("tags-any", Filter.anyTag("n.tags")),
                Map.entry("not-tags", Filter.not(Filter.allTags("n.tags"))),
                Map.entry("not-tags-any", Filter.not(Filter.anyTag("n.tags"))));
    }

    @Override
    public Map<String, String> sortable() {
        return Map.of("id", "n.id", "name", "n.name", "project_id", "n.project_id", "tenant_id", "n.project_id");
    }

    @Override
    public List<ObjectNode> list(Handle handle, Caller caller, Selection selection) {
        return selection
                .bind(handle.createQuery(SELECT + Visibility.OF_NETWORK + selection.sql()))
                .bind("admin", caller.isAdmin())
                .bind("project", caller.projectId())
                .map((row, context) -> json(row, caller.isAdmin()))
                .list();
    }

    @Override
    public ObjectNode show(Handle handle, Caller caller, UUID id) {
        return handle.createQuery(SELECT + Visibility.OF_NETWORK + " and n.id = :id")
                .bind("admin", caller.isAdmin())
                .bind("project", caller.projectId())
                .bind("id", id)
                .map((row, context) -> json(row, caller.isAdmin()))
                .findOne()
                .orElseThrow(() -> notFound(id));
    }

    @Override
    public ObjectNode create(Handle handle, Caller caller, ObjectNode body) {
        Input input = new Input(body, SETTABLE, SHOWN, "POST");
        for (String attribute : PROVIDER) {
            requireAdmin(caller, input, attribute, "create_network");
        }
        requireAdmin(caller, input, "shared", "create_network");
        requireAdmin(caller, input, "router:external", "create_network");
        refuseWhatIsNotOffered(input);
        String project = input.project(caller);
        Segments.Wanted wanted = Segments.Wanted.of(input);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Segment segment = segments.choose(handle, wanted);
            Optional<UUID> made = insert(handle, input, project, segment);
            if (made.isPresent()) {
                ObjectNode network = show(handle, caller, made.get());
                network.put("is_default", false);
                return network;
            }
            if (wanted.segmentationId().isPresent() || segment.vlan().isEmpty()) {
                throw inUse(segment);
            }
        }
        throw NetworkProblems.of(
                Problem.Kind.UNAVAILABLE,
                "NoNetworkAvailable",
                "Unable to create the network. Others took every VLAN id that was free; try again.");
    }

    private static Optional<UUID> insert(Handle handle, Input input, String project, Segment segment) {
        int largest = handle.createQuery("select mtu from physical_network where name = :name")
                .bind("name", segment.physicalNetwork())
                .mapTo(Integer.class)
                .one();
        return handle.createQuery("""
                        insert into network (id, project_id, name, description, admin_state_up, shared, external,
                            port_security, mtu, network_type, physical_network, segmentation_id)
                        values (:id, :project, :name, :description, :adminStateUp, :shared, :external,
                            :portSecurity, :mtu, :type, :physicalNetwork, cast(:vlan as integer))
                        on conflict on constraint network_segment_once do nothing returning id""")
                .bind("id", UUID.randomUUID())
                .bind("project", project)
                .bind("name", input.text("name", ""))
                .bind("description", input.text("description", ""))
                .bind("adminStateUp", input.truth("admin_state_up", true))
                .bind("shared", input.truth("shared", false))
                .bind("external", input.truth("router:external", false))
                .bind("portSecurity", input.truth("port_security_enabled", true))
                .bind("mtu", mtu(input, largest))
                .bind("type", segment.networkType())
                .bind("physicalNetwork", segment.physicalNetwork())
                .bind("vlan", segment.vlan().orElse(null))
                .mapTo(UUID.class)
                .findOne();
    }

    /** Zero and absent mean the physical network's own. */
    private static int mtu(Input input, int largest) {
        int mtu = input.integer("mtu").filter(value -> value != 0).orElse(largest);
        if (mtu > largest) {
            throw NetworkProblems.invalidInput("Requested MTU is too big, maximum is " + largest);
        }
        if (mtu < SMALLEST_MTU) {
            throw NetworkProblems.badField("mtu", "'" + mtu + "' is too small - must be at least '68'");
        }
        return mtu;
    }

    @Override
    public ObjectNode update(Handle handle, Caller caller, UUID id, ObjectNode body) {
        Input input = new Input(body, CHANGEABLE, SHOWN, "PUT");
        requireOwner(handle, caller, id, "update_network");
        refuseWhatIsNotOffered(input);
        for (String attribute : PROVIDER) {
            if (input.has(attribute)) {
                throw NetworkProblems.invalidInput(
                        "Plugin does not support updating the following provider network attributes: " + attribute);
            }
        }
        record Current(
                String name,
                String description,
                boolean up,
                boolean shared,
                boolean external,
                boolean secure,
                int mtu,
                int largest,
                boolean bound) {}
        Current current = handle.createQuery("""
                        select n.*, f.mtu as largest, exists (select 1 from port p where p.network_id = n.id
                            and p.binding_host_id is not null) as bound
                        from network n join physical_network f on f.name = n.physical_network
                        where n.id = :id for no key update of n""")
                .bind("id", id)
                .map((row, context) -> new Current(
                        row.getString("name"),
                        row.getString("description"),
                        row.getBoolean("admin_state_up"),
                        row.getBoolean("shared"),
                        row.getBoolean("external"),
                        row.getBoolean("port_security"),
                        row.getInt("mtu"),
                        row.getInt("largest"),
                        row.getBoolean("bound")))
                .one();
        requireAdminToChange(caller, input, "shared", current.shared());
        requireAdminToChange(caller, input, "router:external", current.external());
        boolean up = input.truth("admin_state_up", current.up());
        int mtu = input.has("mtu") ? mtu(input, current.largest()) : current.mtu();
        if (current.bound() && (up != current.up() || mtu != current.mtu())) {
            throw inUse(
                    new NetworkId(id),
                    "Servers use the network; admin_state_up and mtu can change only while none does.");
        }
        if (current.shared() && !input.truth("shared", true)) {
            requireNoForeignPorts(handle, id);
        }
        handle.createUpdate("""
                        update network set name = :name, description = :description, admin_state_up = :up,
                            shared = :shared, external = :external, port_security = :secure, mtu = :mtu,
                            revision_number = revision_number + 1, updated_at = now()
                        where id = :id""")
                .bind("id", id)
                .bind("name", input.text("name", current.name()))
                .bind("description", input.text("description", current.description()))
                .bind("up", up)
                .bind("shared", input.truth("shared", current.shared()))
                .bind("external", input.truth("router:external", current.external()))
                .bind("secure", input.truth("port_security_enabled", current.secure()))
                .bind("mtu", mtu)
                .execute();
        return show(handle, caller, id);
    }

    @Override
    public void delete(Handle handle, Caller caller, UUID id) {
        requireOwner(handle, caller, id, "delete_network");
        handle.createQuery("select id from network where id = :id for update")
                .bind("id", id)
                .mapTo(UUID.class)
                .findOne();
        boolean used =
                handle.createQuery("""
                        select exists (select 1 from port where network_id = :id and service_host_id is null
                                       and (device_owner <> 'network:dhcp' or server_id is not null))""").bind("id", id).mapTo(Boolean.class).one();
        if (used) {
            throw inUse(new NetworkId(id), "There are one or more ports still in use on the network.");
        }
        hosts.ofNetwork(handle, new NetworkId(id));
        try {
            // Ports that say they serve DHCP go with their network, whoever made them, as in Neutron.
            handle.createUpdate("""
                            delete from port where network_id = :id and server_id is null
                              and (service_host_id is not null or device_owner = 'network:dhcp')""")
                    .bind("id", id)
                    .execute();
            handle.createUpdate("delete from subnet where network_id = :id")
                    .bind("id", id)
                    .execute();
            handle.createUpdate("delete from network where id = :id")
                    .bind("id", id)
                    .execute();
        } catch (JdbiException failure) {
            if (Transactions.isForeignKeyViolation(failure)) {
                throw inUse(new NetworkId(id), "There are one or more ports still in use on the network.");
            }
            throw failure;
        }
    }

    @Override
    public ProblemException notFound(Object id) {
        return NetworkProblems.networkNotFound(id);
    }

    /** A network that other projects' ports are on must stay shared. */
    private static void requireNoForeignPorts(Handle handle, UUID id) {
        boolean foreign =
                handle.createQuery("""
                        select exists (select 1 from port p join network n on n.id = p.network_id
                                       where n.id = :id and p.project_id <> n.project_id)""").bind("id", id).mapTo(Boolean.class).one();
        if (foreign) {
            throw NetworkProblems.conflict(
                    "InvalidSharedSetting",
                    "Unable to reconfigure sharing settings for network " + id + ". Multiple tenants are using it.");
        }
    }

    private static void requireOwner(Handle handle, Caller caller, UUID id, String rule) {
        String owner = handle.createQuery("select project_id from network where id = :id")
                .bind("id", id)
                .mapTo(String.class)
                .one();
        if (!caller.isAdmin() && !owner.equals(caller.projectId())) {
            throw NetworkProblems.disallowed(rule);
        }
    }

    private static void requireAdmin(Caller caller, Input input, String attribute, String rule) {
        boolean plain = Set.of("shared", "router:external").contains(attribute) && !input.truth(attribute, false);
        if (!caller.isAdmin() && input.hasValue(attribute) && !plain) {
            throw NetworkProblems.disallowed(rule + ":" + attribute);
        }
    }

    /** Whom a network is open to is an admin's decision in both directions. */
    private static void requireAdminToChange(Caller caller, Input input, String attribute, boolean current) {
        if (!caller.isAdmin() && input.truth(attribute, current) != current) {
            throw NetworkProblems.disallowed("update_network:" + attribute);
        }
    }

    private static void refuseWhatIsNotOffered(Input input) {
        input.refuse("qos_policy_id", "QoS policies are not offered");
        input.refuse("availability_zone_hints", "availability zones of networks are not offered");
        if (input.truth("is_default", false)) {
            throw NetworkProblems.badField("is_default", "a default external network is not offered");
        }
    }

    private static ProblemException inUse(Segment segment) {
        return segment.vlan()
                .map(vlan -> NetworkProblems.conflict(
                        "VlanIdInUse",
                        "Unable to create the network. The VLAN " + vlan + " on physical network "
                                + segment.physicalNetwork() + " is in use."))
                .orElseGet(() -> NetworkProblems.conflict(
                        "FlatNetworkInUse",
                        "Unable to create the flat network. Physical network " + segment.physicalNetwork()
                                + " is in use."));
    }

    private static ProblemException inUse(NetworkId id, String reason) {
        return NetworkProblems.conflict(
                "NetworkInUse", "Unable to complete operation on network " + id + ". " + reason);
    }

    private static ObjectNode json(ResultSet row, boolean admin) throws SQLException {
        ObjectNode network = Rows.object();
        network.put("id", row.getString("id"));
        network.put("name", row.getString("name"));
        network.put("tenant_id", row.getString("project_id"));
        network.put("admin_state_up", row.getBoolean("admin_state_up"));
        network.put("mtu", row.getInt("mtu"));
        network.put("status", "ACTIVE");
        network.set("subnets", Rows.json(row, "subnets"));
        network.put("shared", row.getBoolean("shared"));
        network.putArray("availability_zone_hints");
        network.putArray("availability_zones");
        network.putNull("ipv4_address_scope");
        network.putNull("ipv6_address_scope");
        network.put("router:external", row.getBoolean("external"));
        network.put("description", row.getString("description"));
        network.put("port_security_enabled", row.getBoolean("port_security"));
        network.putNull("qos_policy_id");
        Rows.putStandardAttributes(network, row);
        network.put("project_id", row.getString("project_id"));
        if (admin) {
            network.put("provider:network_type", row.getString("network_type"));
            network.put("provider:physical_network", row.getString("physical_network"));
            Rows.putInteger(network, "provider:segmentation_id", row, "segmentation_id");
        }
        return network;
    }
}
