package org.sluice.controller.network;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.store.Transactions;
import org.sluice.model.MacAddress;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.Promises;
import org.sluice.model.SecurityGroupId;
import org.sluice.model.VnicType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Ports: the attachment points of NICs. Thread-safe. */
final class Ports implements Resource {
    private static final Set<String> SETTABLE = Set.of(
            "network_id",
            "name",
            "description",
            "admin_state_up",
            "mac_address",
            "fixed_ips",
            "device_id",
            "device_owner",
            "security_groups",
            "port_security_enabled",
            "binding:vnic_type",
            "binding:profile",
            "binding:host_id",
            "project_id",
            "tenant_id",
            "allowed_address_pairs",
            "extra_dhcp_opts",
            "qos_policy_id");
    private static final Set<String> CHANGEABLE = Set.of(
            "name",
            "description",
            "admin_state_up",
            "mac_address",
            "fixed_ips",
            "device_id",
            "device_owner",
            "security_groups",
            "port_security_enabled",
            "binding:vnic_type",
            "binding:profile",
            "binding:host_id",
            "allowed_address_pairs",
            "extra_dhcp_opts",
            "qos_policy_id");
    private static final Set<String> OF_THE_USER_ALONE = Set.of("name", "description");
    private static final Set<String> SHOWN = Set.of(
            "id",
            "network_id",
            "status",
            "binding:vif_type",
            "binding:vif_details",
            "tags",
            "created_at",
            "updated_at",
            "revision_number",
            "resource_request",
            "qos_network_policy_id",
            "project_id",
            "tenant_id");

    private final PortMaking making;
    private final FixedIps fixedIps;
    private final SecurityGroups securityGroups = new SecurityGroups();
    private final AffectedHosts hosts;

    Ports(RandomGenerator random, AffectedHosts hosts) {
        this.making = new PortMaking(random);
        this.fixedIps = new FixedIps(making);
        this.hosts = hosts;
    }

    @Override
    public String singular() {
        return "port";
    }

    @Override
    public String plural() {
        return "ports";
    }

    @Override
    public String table() {
        return "port p";
    }

    @Override
    public Map<String, Filter> filters() {
        return PortRows.FILTERS;
    }

    @Override
    public Map<String, String> sortable() {
        return PortRows.SORTABLE;
    }

    @Override
    public List<ObjectNode> list(Handle handle, Caller caller, Selection selection) {
        return PortRows.list(handle, caller, selection);
    }

    @Override
    public ObjectNode show(Handle handle, Caller caller, UUID id) {
        return PortRows.find(handle, caller, id).orElseThrow(() -> notFound(id));
    }

    @Override
    public ObjectNode create(Handle handle, Caller caller, ObjectNode body) {
        Input input = new Input(body, SETTABLE, SHOWN, "POST");
        NetworkId id = new NetworkId(input.uuid("network_id"));
        refuseWhatIsNotOffered(input);
        String project = input.project(caller);
        NetworkFacts network = NetworkFacts.find(handle, id, project)
                .filter(found -> found.isOpenTo(caller))
                .orElseThrow(() -> NetworkProblems.networkNotFound(id));
        List<FixedIps.Wanted> addresses = FixedIps.parse(input);
        requireMay(caller, network.isOwnedBy(caller), input, addresses, "create_port");
        boolean secure = input.truth("port_security_enabled", network.portSecurity());
        NewPort port = new NewPort(
                PortId.random(),
                id,
                project,
                input.text("name", ""),
                input.text("description", ""),
                input.truth("admin_state_up", true),
                mac(input),
                input.text("device_id", ""),
                deviceOwner(caller, input, ""),
                secure,
                vnicType(input).orElse(VnicType.NORMAL),
                profile(input).orElse("{}"),
                input.optionalText("binding:host_id").orElse(""),
                false,
                Optional.empty(),
                groups(handle, caller, input, network, project, secure));
        return making.make(
                handle,
                port,
                network.fabric(),
                input.hasValue("fixed_ips")
                        ? FixedIps.resolve(network, port.deviceOwner(), addresses)
                        : FixedIps.any(network),
                (row, context) -> PortRows.json(row, caller.isAdmin()),
                wanted -> FixedIps.unavailable(id, wanted));
    }

    private record Current(
            NetworkId network,
            String project,
            String networkOwner,
            String name,
            String description,
            boolean up,
            String mac,
            String deviceId,
            String deviceOwner,
            boolean secure,
            String vnicType,
            String vifType,
            String profile,
            String bindingHost,
            boolean attached,
            boolean bound,
            boolean service) {}

    @Override
    public ObjectNode update(Handle handle, Caller caller, UUID id, ObjectNode body) {
        Input input = new Input(body, CHANGEABLE, SHOWN, "PUT");
        refuseWhatIsNotOffered(input);
        Current current = lock(handle, id);
        boolean own = caller.isAdmin() || current.networkOwner().equals(caller.projectId());
        if (!own && !current.project().equals(caller.projectId())) {
            throw NetworkProblems.disallowed("update_port");
        }
        List<FixedIps.Wanted> addresses = FixedIps.parse(input);
        requireMay(caller, own, input, addresses, "update_port");
        String mac = mac(input).map(MacAddress::value).orElse(current.mac());
        String vnicType = vnicType(input).map(VnicType::wireName).orElse(current.vnicType());
        String profile = profile(input).orElse(input.has("binding:profile") ? "{}" : current.profile());
        String bindingHost = input.has("binding:host_id")
                ? input.optionalText("binding:host_id").orElse("")
                : current.bindingHost();
        String deviceId =
                input.has("device_id") ? input.optionalText("device_id").orElse("") : current.deviceId();
        String deviceOwner = deviceOwner(caller, input, current.deviceOwner());
        boolean up = input.truth("admin_state_up", current.up());
        boolean secure = input.truth("port_security_enabled", current.secure());
        if (current.service()) {
            requireOfTheUserAlone(id, input);
        }
        if (current.attached()) {
            requireSame(id, current, mac, vnicType, up, secure);
            if (!deviceId.equals(current.deviceId())
                    || !deviceOwner.equals(current.deviceOwner())
                    || !bindingHost.equals(current.bindingHost())
                    || input.has("binding:profile")) {
                throw inUse(id, current);
            }
        }
        updateGroups(handle, caller, input, id, current, secure);
        try {
            handle.createUpdate("""
                            update port set name = :name, description = :description, admin_state_up = :up,
                                mac_address = :mac, device_id = :deviceId, device_owner = :deviceOwner,
                                port_security = :secure, vnic_type = :vnicType, binding_profile = cast(:profile as jsonb),
                                binding_host = :bindingHost, revision_number = revision_number + 1, updated_at = now()
                            where id = :id""")
                    .bind("id", id)
                    .bind("name", input.text("name", current.name()))
                    .bind("description", input.text("description", current.description()))
                    .bind("up", up)
                    .bind("mac", mac)
                    .bind("deviceId", deviceId)
                    .bind("deviceOwner", deviceOwner)
                    .bind("secure", secure)
                    .bind("vnicType", vnicType)
                    .bind("profile", profile)
                    .bind("bindingHost", bindingHost)
                    .execute();
        } catch (JdbiException failure) {
            if (Transactions.isUniqueViolation(failure)) {
                throw NetworkProblems.macTaken(current.network(), mac);
            }
            throw failure;
        }
        if (input.hasValue("fixed_ips")
                && fixedIps.replace(
                        handle,
                        NetworkFacts.find(handle, current.network(), current.project())
                                .orElseThrow(),
                        new PortId(id),
                        deviceOwner,
                        addresses)
                && current.bound()) {
            hosts.ofNetwork(handle, current.network());
        }
        return show(handle, caller, id);
    }

    @Override
    public void delete(Handle handle, Caller caller, UUID id) {
        Current current = lock(handle, id);
        if (!caller.isAdmin()
                && !current.project().equals(caller.projectId())
                && !current.networkOwner().equals(caller.projectId())) {
            throw NetworkProblems.disallowed("delete_port");
        }
        if (current.attached()) {
            throw inUse(id, current);
        }
        if (current.service()) {
            throw NetworkProblems.conflict(
                    "ServicePortInUse",
                    "Port " + id + " cannot be deleted directly via the port API: has device owner network:dhcp.");
        }
        handle.createUpdate("delete from port where id = :id").bind("id", id).execute();
    }

    @Override
    public ProblemException notFound(Object id) {
        return NetworkProblems.portNotFound(id);
    }

    private Current lock(Handle handle, UUID id) {
        return handle.createQuery("""
                        select p.*, n.project_id as network_owner from port p join network n on n.id = p.network_id
                        where p.id = :id for update of p""")
                .bind("id", id)
                .map((row, context) -> new Current(
                        new NetworkId(row.getObject("network_id", UUID.class)),
                        row.getString("project_id"),
                        row.getString("network_owner"),
                        row.getString("name"),
                        row.getString("description"),
                        row.getBoolean("admin_state_up"),
                        row.getString("mac_address"),
                        row.getString("device_id"),
                        row.getString("device_owner"),
                        row.getBoolean("port_security"),
                        row.getString("vnic_type"),
                        row.getString("vif_type"),
                        row.getString("binding_profile"),
                        row.getString("binding_host"),
                        row.getObject("server_id") != null,
                        row.getObject("binding_host_id") != null,
                        row.getObject("service_host_id") != null))
                .findOne()
                .orElseThrow(() -> notFound(id));
    }

    /** On a network of another project one takes the addresses one is given; bindings are for admins. */
    private static void requireMay(
            Caller caller, boolean ownNetwork, Input input, List<FixedIps.Wanted> addresses, String rule) {
        if (!ownNetwork) {
            if (input.hasValue("mac_address")) {
                throw NetworkProblems.disallowed(rule + ":mac_address");
            }
            if (addresses.stream().anyMatch(wanted -> wanted.address().isPresent())) {
                throw NetworkProblems.disallowed(rule + ":fixed_ips:ip_address");
            }
            if (input.has("port_security_enabled")) {
                throw NetworkProblems.disallowed(rule + ":port_security_enabled");
            }
        }
        for (String attribute : List.of("binding:profile", "binding:host_id")) {
            boolean empty = input.raw(attribute) instanceof ObjectNode object && object.isEmpty();
            if (!caller.isAdmin() && input.hasValue(attribute) && !empty) {
                throw NetworkProblems.disallowed(rule + ":" + attribute);
            }
        }
    }

    /** Hosts serve DHCP and metadata from the port as they made it, whatever is written into it here. */
    private static void requireOfTheUserAlone(UUID id, Input input) {
        for (String attribute : CHANGEABLE) {
            if (input.has(attribute) && !OF_THE_USER_ALONE.contains(attribute)) {
                throw NetworkProblems.conflict(
                        "ServicePortInUse",
                        "Port " + id + " serves DHCP and metadata of its network; only its name and description can be"
                                + " changed, not " + attribute + ".");
            }
        }
    }

    /** What the host has set and verified for a running server cannot change under it. */
    private static void requireSame(UUID id, Current current, String mac, String vnicType, boolean up, boolean secure) {
        if (!mac.equals(current.mac())) {
            throw NetworkProblems.conflict(
                    "PortBound",
                    "Unable to complete operation on port " + id + ", port is already bound, port type: "
                            + current.vifType() + ", old_mac " + current.mac() + ", new_mac " + mac + ".");
        }
        if (!vnicType.equals(current.vnicType()) || up != current.up() || secure != current.secure()) {
            throw NetworkProblems.conflict(
                    "PortBound",
                    "Unable to complete operation on port " + id + ", port is already bound: binding:vnic_type,"
                            + " admin_state_up and port_security_enabled can change only while no server has it.");
        }
    }

    private static ProblemException inUse(UUID id, Current current) {
        return NetworkProblems.conflict(
                "PortInUse",
                "Port " + id + " is in use by server " + current.deviceId()
                        + "; it is free when that server is deleted and gone from its host.");
    }

    private static Optional<MacAddress> mac(Input input) {
        return input.optionalText("mac_address").map(text -> {
            MacAddress mac = MacAddress.ofAnyForm(text)
                    .orElseThrow(() -> NetworkProblems.badField(
                            "mac_address",
                            "'" + text + "' is not a valid MAC address: write it as in fa:16:3e:00:00:01"));
            if (mac.isMulticast()) {
                throw NetworkProblems.badField(
                        "mac_address", "'" + text + "' is a multicast address, which no NIC can have");
            }
            if (mac.equals(MacAddress.ZERO)) {
                throw NetworkProblems.badField(
                        "mac_address", "'" + text + "' is the address of no NIC: leave it out for a random one");
            }
            return mac;
        });
    }

    private static Optional<VnicType> vnicType(Input input) {
        return input.optionalText("binding:vnic_type")
                .map(name -> VnicType.ofWireName(name)
                        .orElseThrow(() -> NetworkProblems.badField(
                                "binding:vnic_type", "'" + name + "' is not in ['normal', 'direct']")));
    }

    private static Optional<String> profile(Input input) {
        JsonNode value = input.raw("binding:profile");
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isObject()) {
            throw NetworkProblems.badField("binding:profile", Input.shown(value) + " is not a dictionary");
        }
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            boolean empty = member.getValue().isContainer()
                    ? member.getValue().isEmpty()
                    : member.getValue().isNull();
            String text =
                    empty ? "" : member.getValue().asString(member.getValue().toString());
            Promises.refusalOfProfileMember(member.getKey(), text).ifPresent(reason -> {
                throw NetworkProblems.badField("binding:profile", reason);
            });
        }
        return Optional.of(value.toString());
    }

    private static String deviceOwner(Caller caller, Input input, String otherwise) {
        String owner =
                input.has("device_owner") ? input.optionalText("device_owner").orElse("") : otherwise;
        if (owner.startsWith("network:") && !owner.equals(otherwise) && !caller.isAdmin()) {
            throw NetworkProblems.disallowed("create_port:device_owner");
        }
        return owner;
    }

    private List<SecurityGroupId> groups(
            Handle handle, Caller caller, Input input, NetworkFacts network, String project, boolean secure) {
        if (!input.hasValue("security_groups")) {
            return secure
                    ? List.of(network.defaultGroup().orElseGet(() -> securityGroups.ensureDefault(handle, project)))
                    : List.of();
        }
        List<SecurityGroupId> groups = known(handle, caller, project, input);
        if (!secure && !groups.isEmpty()) {
            throw NetworkProblems.of(
                    Problem.Kind.BAD_REQUEST,
                    "PortSecurityAndIPRequiredForSecurityGroups",
                    "Port security must be enabled in order to use security groups.");
        }
        return groups;
    }

    private static List<SecurityGroupId> known(Handle handle, Caller caller, String project, Input input) {
        List<UUID> wanted = input.uuids("security_groups");
        List<UUID> found = handle.createQuery("""
                        select id from security_group
                        where id = any(:ids) and (project_id = :project or project_id = :caller or :admin)""")
                .bindArray("ids", UUID.class, wanted)
                .bind("project", project)
                .bind("caller", caller.projectId())
                .bind("admin", caller.isAdmin())
                .mapTo(UUID.class)
                .list();
        for (UUID id : wanted) {
            if (!found.contains(id)) {
                throw NetworkProblems.securityGroupNotFound(id);
            }
        }
        return wanted.stream().map(SecurityGroupId::new).toList();
    }

    private static void updateGroups(
            Handle handle, Caller caller, Input input, UUID id, Current current, boolean secure) {
        if (input.has("security_groups")) {
            List<SecurityGroupId> groups = known(handle, caller, current.project(), input);
            if (!secure && !groups.isEmpty()) {
                throw groupsOnInsecurePort();
            }
            handle.createUpdate("delete from port_security_group where port_id = :id")
                    .bind("id", id)
                    .execute();
            for (SecurityGroupId group : groups) {
                handle.createUpdate("insert into port_security_group values (:id, :group)")
                        .bind("id", id)
                        .bind("group", group.value())
                        .execute();
            }
            return;
        }
        boolean grouped = !secure
                && handle.createQuery("select exists (select 1 from port_security_group where port_id = :id)")
                        .bind("id", id)
                        .mapTo(Boolean.class)
                        .one();
        if (grouped) {
            throw groupsOnInsecurePort();
        }
    }

    private static ProblemException groupsOnInsecurePort() {
        return NetworkProblems.conflict(
                "PortSecurityPortHasSecurityGroup",
                "Port has security group associated. Cannot disable port security or IP address until security group is"
                        + " removed.");
    }

    private static void refuseWhatIsNotOffered(Input input) {
        input.refuse("allowed_address_pairs", "allowed address pairs are not offered");
        input.refuse("extra_dhcp_opts", "extra DHCP options are not offered");
        input.refuse("qos_policy_id", "QoS policies are not offered");
    }
}
