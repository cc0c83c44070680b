package org.sluice.controller.network.port;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.network.network.Owners;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;
import org.sluice.controller.policy.Who;
import org.sluice.model.MacAddress;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.Promises;
import org.sluice.model.VnicType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Who may do what with ports, as Neutron's policies say, and what a port may be. */
public final class PortRules {
    /** Who sees a port {@code p} on a network {@code n}. */
    public static final Rule GET = Rule.of("get_port", Owners.READER, "Show ports, and list them.")
            .over(RowTarget.ofProject("p.project_id")
                    .onNetworkOf("n.project_id")
                    .withTruth("shared", "n.shared"));

    /** What a port says of itself to those who ask which of its members they see. */
    private static final RowTarget OWN = RowTarget.ofProject("p.project_id");

    static final Rule GET_PROFILE = Rule.of("get_port:binding:profile", Who.ADMIN, "See binding:profile.")
            .over(OWN);
    static final Rule GET_HOST = Rule.of("get_port:binding:host_id", Who.ADMIN, "See the host of a port.")
            .over(OWN);
    static final Rule GET_VIF_TYPE = Rule.of("get_port:binding:vif_type", Who.ADMIN, "See binding:vif_type.")
            .over(OWN);
    static final Rule GET_VIF_DETAILS = Rule.of("get_port:binding:vif_details", Who.ADMIN, "See binding:vif_details.")
            .over(OWN);
    static final Rule GET_RESOURCE_REQUEST = Rule.of(
                    "get_port:resource_request", Who.ADMIN, "See what a port asks of Placement.")
            .over(OWN);

    /** Who makes a port, be it by way of a server. */
    public static final Rule CREATE = Rule.of("create_port", Who.PROJECT_MEMBER, "Create ports.");

    static final Rule UPDATE = Rule.of("update_port", Who.PROJECT_MEMBER, "Change a port.");
    static final Rule UPDATE_TAGS = Rule.of("update_port:tags", Who.PROJECT_MEMBER, "Change the tags of a port.");
    static final Rule DELETE = Rule.of("delete_port", Owners.MEMBER, "Delete a port.");

    /** Who may give which attribute in one kind of request. */
    record Giving(
            Rule deviceOwner,
            Rule mac,
            Rule fixedIps,
            Rule address,
            Rule subnet,
            Rule portSecurity,
            Rule host,
            Rule profile,
            Rule vnicType) {
        List<Rule> all() {
            return List.of(deviceOwner, mac, fixedIps, address, subnet, portSecurity, host, profile, vnicType);
        }
    }

    static final Giving IN_CREATE = giving("create_port", Owners.NETWORK_MEMBER);

    /** Who chooses the address of a port that is made, be it by way of a server: all of them must pass. */
    public static final List<Rule> CHOICE_OF_ADDRESS = List.of(IN_CREATE.address(), IN_CREATE.fixedIps());

    static final Giving IN_UPDATE = giving("update_port", Who.ADMIN.check());

    private static Giving giving(String verb, String mac) {
        return new Giving(
                Rule.of(verb + ":device_owner", Owners.NETWORK_MEMBER, "Say that a port is a device of the network's."),
                Rule.of(verb + ":mac_address", mac, "Choose a port's MAC address."),
                Rule.of(
                        verb + ":fixed_ips",
                        Owners.NETWORK_MEMBER_OR_SHARED,
                        "Choose where a port's addresses come from."),
                Rule.of(verb + ":fixed_ips:ip_address", Owners.NETWORK_MEMBER, "Choose a port's IP addresses."),
                Rule.of(
                        verb + ":fixed_ips:subnet_id",
                        Owners.NETWORK_MEMBER_OR_SHARED,
                        "Choose the subnets of a port's addresses."),
                Rule.of(verb + ":port_security_enabled", Owners.NETWORK_MEMBER, "Switch a port's anti-spoofing."),
                Rule.of(verb + ":binding:host_id", Who.ADMIN, "Choose the host of a port."),
                Rule.of(verb + ":binding:profile", Who.ADMIN, "Set binding:profile."),
                Rule.of(verb + ":binding:vnic_type", Who.PROJECT_MEMBER, "Choose how a port reaches its VM."));
    }

    private static final Set<String> OF_THE_USER_ALONE = Set.of("name", "description");

    private PortRules() {}

    /** The rules that no route names. */
    static List<Rule> ofFields() {
        List<Rule> rules = new ArrayList<>(IN_CREATE.all());
        rules.addAll(IN_UPDATE.all());
        return rules;
    }

    /** A port of that project on a network of that owner, as checks see it. */
    public static Target target(String project, String networkOwner, boolean shared) {
        return Target.ofProject(project).onNetworkOf(networkOwner).with("shared", shared);
    }

    /** 403 for an attribute that the caller may not give to a port of that kind. */
    static void requireMayGive(
            Exchange exchange, Giving giving, Target port, PortWire.Asked asked, String currentDeviceOwner) {
        Fields fields = asked.fields();
        if (fields.isSet("mac_address")) {
            exchange.require(giving.mac(), port);
        }
        if (asked.addresses().stream().anyMatch(wanted -> wanted.address().isPresent())) {
            exchange.require(giving.address(), port);
        }
        if (asked.addresses().stream().anyMatch(wanted -> wanted.subnet().isPresent())) {
            exchange.require(giving.subnet(), port);
        }
        if (!asked.addresses().isEmpty()) {
            exchange.require(giving.fixedIps(), port);
        }
        if (fields.has("port_security_enabled")) {
            exchange.require(giving.portSecurity(), port);
        }
        if (isGiven(fields, "binding:profile")) {
            exchange.require(giving.profile(), port);
        }
        if (isGiven(fields, "binding:host_id")) {
            exchange.require(giving.host(), port);
        }
        if (isGiven(fields, "binding:vnic_type")) {
            exchange.require(giving.vnicType(), port);
        }
        String deviceOwner = asked.settings().deviceOwner();
        if (deviceOwner.startsWith("network:") && !deviceOwner.equals(currentDeviceOwner)) {
            exchange.require(giving.deviceOwner(), port);
        }
    }

    private static boolean isGiven(Fields fields, String attribute) {
        return fields.isSet(attribute)
                && !(fields.required(attribute) instanceof ObjectNode object && object.isEmpty());
    }

    static MacAddress mac(String text) {
        MacAddress mac = MacAddress.ofAnyForm(text)
                .orElseThrow(() -> NetworkProblems.badField(
                        "mac_address", "'" + text + "' is not a valid MAC address: write it as in fa:16:3e:00:00:01"));
        if (mac.isMulticast()) {
            throw NetworkProblems.badField(
                    "mac_address", "'" + text + "' is a multicast address, which no NIC can have");
        }
        if (mac.equals(MacAddress.ZERO)) {
            throw NetworkProblems.badField(
                    "mac_address", "'" + text + "' is the address of no NIC: leave it out for a random one");
        }
        return mac;
    }

    static VnicType vnicType(String name) {
        return VnicType.ofWireName(name)
                .orElseThrow(() ->
                        NetworkProblems.badField("binding:vnic_type", "'" + name + "' is not in ['normal', 'direct']"));
    }

    static String profile(Fields profile) {
        for (String name : profile.names()) {
            JsonNode member = profile.required(name);
            boolean empty = member.isContainer() ? member.isEmpty() : member.isNull();
            String text = empty ? "" : member.asString(member.toString());
            Promises.refusalOfProfileMember(name, text).ifPresent(reason -> {
                throw NetworkProblems.badField("binding:profile", reason);
            });
        }
        return profile.tree().toString();
    }

    /** Hosts serve DHCP and metadata from the port as they made it, whatever is written into it here. */
    static void requireOfTheUserAlone(UUID id, Fields fields) {
        fields.names().stream()
                .filter(attribute -> !OF_THE_USER_ALONE.contains(attribute))
                .findFirst()
                .ifPresent(attribute -> {
                    throw NetworkProblems.conflict(
                            "ServicePortInUse",
                            "Port " + id + " serves DHCP and metadata of its network; only its name and description"
                                    + " can be changed, not " + attribute + ".");
                });
    }

    /** What the host has set and verified for a running server cannot change under it. */
    static void requireUntouched(PortStore.Held held, PortWire.Asked asked) {
        Port port = held.port();
        PortWire.Settings wanted = asked.settings();
        String mac = wanted.mac().map(MacAddress::value).orElse(port.macAddress());
        if (!mac.equals(port.macAddress())) {
            throw NetworkProblems.conflict(
                    "PortBound",
                    "Unable to complete operation on port " + port.id() + ", port is already bound, port type: "
                            + port.vifType() + ", old_mac " + port.macAddress() + ", new_mac " + mac + ".");
        }
        boolean secure = wanted.portSecurity().orElse(port.portSecurity());
        if (!wanted.vnicType().wireName().equals(port.vnicType())
                || wanted.adminStateUp() != port.adminStateUp()
                || secure != port.portSecurity()) {
            throw NetworkProblems.conflict(
                    "PortBound",
                    "Unable to complete operation on port " + port.id()
                            + ", port is already bound: binding:vnic_type, admin_state_up and port_security_enabled can"
                            + " change only while no server has it.");
        }
        if (!wanted.deviceId().equals(port.deviceId())
                || !wanted.deviceOwner().equals(port.deviceOwner())
                || !wanted.bindingHost().equals(port.bindingHost())
                || asked.fields().has("binding:profile")) {
            throw inUse(port);
        }
    }

    static ProblemException inUse(Port port) {
        return NetworkProblems.conflict(
                "PortInUse",
                "Port " + port.id() + " is in use by server " + port.deviceId()
                        + "; it is free when that server is deleted and gone from its host.");
    }

    static ProblemException serves(UUID id) {
        return NetworkProblems.conflict(
                "ServicePortInUse",
                "Port " + id + " cannot be deleted directly via the port API: has device owner network:dhcp.");
    }

    static ProblemException groupsWithoutSecurity() {
        return NetworkProblems.of(
                Problem.Kind.BAD_REQUEST,
                "PortSecurityAndIPRequiredForSecurityGroups",
                "Port security must be enabled in order to use security groups.");
    }

    static ProblemException groupsOnInsecurePort() {
        return NetworkProblems.conflict(
                "PortSecurityPortHasSecurityGroup",
                "Port has security group associated. Cannot disable port security or IP address until security group is"
                        + " removed.");
    }

    /** Whether the addresses were given, so that the port gets those and no others. */
    static Optional<List<FixedIps.Wanted>> chosen(PortWire.Asked asked) {
        return asked.fields().isSet("fixed_ips") ? Optional.of(asked.addresses()) : Optional.empty();
    }
}
