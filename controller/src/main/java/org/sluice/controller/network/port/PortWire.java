package org.sluice.controller.network.port;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.network.wire.NetworkWording;
import org.sluice.controller.policy.Target;
import org.sluice.model.MacAddress;
import org.sluice.model.VnicType;

/** Ports as the Network API takes and shows them. */
final class PortWire {
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

    static final Attributes ATTRIBUTES = new Attributes(
            with(CHANGEABLE, "network_id", "project_id", "tenant_id"),
            CHANGEABLE,
            Set.of(
                    "id",
                    "status",
                    "binding:vif_type",
                    "binding:vif_details",
                    "tags",
                    "created_at",
                    "updated_at",
                    "revision_number",
                    "resource_request",
                    "qos_network_policy_id"));

    static final View<Port> VIEW = View.<Port>of("port", "ports")
            .about(port -> Target.ofProject(port.projectId()))
            .member("id", Port::id)
            .member("name", Port::name)
            .member("network_id", Port::networkId)
            .member("tenant_id", Port::projectId)
            .member("mac_address", Port::macAddress)
            .member("admin_state_up", Port::adminStateUp)
            .member("status", Port::status)
            .member("device_id", Port::deviceId)
            .member("device_owner", Port::deviceOwner)
            .member("fixed_ips", Port::fixedIps)
            .member("allowed_address_pairs", port -> List.of())
            .member("extra_dhcp_opts", port -> List.of())
            .member("security_groups", Port::securityGroups)
            .member("description", Port::description)
            .member("binding:vnic_type", Port::vnicType)
            .member("binding:profile", Port::profile)
            .seenWith(PortRules.GET_PROFILE)
            .member("binding:host_id", Port::bindingHost)
            .seenWith(PortRules.GET_HOST)
            .member("binding:vif_type", Port::vifType)
            .seenWith(PortRules.GET_VIF_TYPE)
            .member("binding:vif_details", Port::vifDetails)
            .seenWith(PortRules.GET_VIF_DETAILS)
            .member("port_security_enabled", Port::portSecurity)
            .member("qos_policy_id", port -> null)
            .member("qos_network_policy_id", port -> null)
            .member("resource_request", port -> null)
            .seenWith(PortRules.GET_RESOURCE_REQUEST)
            .member("tags", port -> port.stamps().tags())
            .member("created_at", port -> port.stamps().created())
            .member("updated_at", port -> port.stamps().updated())
            .member("revision_number", port -> port.stamps().revision())
            .member("project_id", Port::projectId)
            .build();

    static final ListQuery<Port> LIST = ListQuery.of(VIEW)
            .filter("id", Filter.uuid("p.id"))
            .filter("name", Filter.text("p.name"))
            .filter("description", Filter.text("p.description"))
            .filter("network_id", Filter.uuid("p.network_id"))
            .filter("device_id", Filter.text("p.device_id"))
            .filter("device_owner", Filter.text("p.device_owner"))
            .filter("mac_address", PortWire::macAddresses)
            .filter("status", Filter.text("p.status"))
            .filter("admin_state_up", Filter.truth("p.admin_state_up"))
            .filter("project_id", Filter.text("p.project_id"))
            .filter("tenant_id", Filter.text("p.project_id"))
            .filter("port_security_enabled", Filter.truth("p.port_security"))
            .filter("binding:host_id", Filter.text("p.binding_host"))
            .allowedWith(PortRules.GET_HOST)
            .filter("binding:vnic_type", Filter.text("p.vnic_type"))
            .filter("binding:vif_type", Filter.text("coalesce(b.vif_type, 'unbound')"))
            .allowedWith(PortRules.GET_VIF_TYPE)
            .filter("fixed_ips", PortWire::addresses)
            .filter("security_groups", PortWire::securityGroups)
            .filter("security_group_ids", PortWire::securityGroups)
            .filter("tags", Filter.hasAll("p.tags"))
            .filter("tags-any", Filter.hasAny("p.tags"))
            .filter("not-tags", Filter.not(Filter.hasAll("p.tags")))
            .filter("not-tags-any", Filter.not(Filter.hasAny("p.tags")))
            .filter("revision_number", Filter.integer("p.revision_number"))
            .filter("changed_since", Filter.time("p.updated_at", ">="))
            .unique("id", "p.id", Port::id, port -> port.id().toString())
            .unknownMarker(NetworkWording.unknownMarker(NetworkProblems::portNotFound))
            .sort("name", "p.name", Port::name)
            .sort("network_id", "p.network_id", Port::networkId)
            .sort("mac_address", "p.mac_address", Port::macAddress)
            .sort("status", "p.status", Port::status)
            .sort("device_id", "p.device_id", Port::deviceId)
            .sort("device_owner", "p.device_owner", Port::deviceOwner)
            .sort("admin_state_up", "p.admin_state_up", Port::adminStateUp)
            .sort("project_id", "p.project_id", Port::projectId)
            .sort("tenant_id", "p.project_id", Port::projectId)
            .sort("created_at", "p.created_at", port -> port.stamps().createdAt())
            .sort("updated_at", "p.updated_at", port -> port.stamps().updatedAt())
            .zeroMeansAll()
            .build();

    /**
     * What a port has, or is to have, apart from its addresses and groups.
     *
     * @param mac empty for a random one, or the one that it has
     * @param portSecurity empty for what the network says, or what the port has
     * @param profile the JSON object of {@code binding:profile}
     */
    record Settings(
            String name,
            String description,
            boolean adminStateUp,
            Optional<MacAddress> mac,
            String deviceId,
            String deviceOwner,
            Optional<Boolean> portSecurity,
            VnicType vnicType,
            String profile,
            String bindingHost) {
        /** What a port is made with that nothing is said about. */
        static final Settings USUAL =
                new Settings("", "", true, Optional.empty(), "", "", Optional.empty(), VnicType.NORMAL, "{}", "");
    }

    /** What a request asks for; {@code fields} tell what it says something about. */
    record Asked(Fields fields, Settings settings, List<FixedIps.Wanted> addresses) {
        Asked {
            addresses = List.copyOf(addresses);
        }
    }

    private PortWire() {}

    /** Reads attributes; what is not said is as {@code otherwise}. */
    static Asked read(Fields fields, Settings otherwise) {
        fields.refuseValue("allowed_address_pairs", "allowed address pairs are not offered");
        fields.refuseValue("extra_dhcp_opts", "extra DHCP options are not offered");
        fields.refuseValue("qos_policy_id", "QoS policies are not offered");
        Settings settings = new Settings(
                fields.text("name", otherwise.name(), 0, Attributes.LONGEST),
                fields.text("description", otherwise.description(), 0, Attributes.LONGEST),
                fields.flag("admin_state_up", otherwise.adminStateUp()),
                fields.optionalText("mac_address", 0, Attributes.LONGEST)
                        .map(PortRules::mac)
                        .or(otherwise::mac),
                textOrNone(fields, "device_id", otherwise.deviceId()),
                textOrNone(fields, "device_owner", otherwise.deviceOwner()),
                fields.has("port_security_enabled")
                        ? Optional.of(fields.flag("port_security_enabled", true))
                        : otherwise.portSecurity(),
                fields.optionalText("binding:vnic_type", 0, Attributes.LONGEST)
                        .map(PortRules::vnicType)
                        .orElse(otherwise.vnicType()),
                fields.has("binding:profile")
                        ? fields.optionalObject("binding:profile")
                                .map(PortRules::profile)
                                .orElse("{}")
                        : otherwise.profile(),
                textOrNone(fields, "binding:host_id", otherwise.bindingHost()));
        return new Asked(fields, settings, FixedIps.parse(fields));
    }

    private static String textOrNone(Fields fields, String attribute, String otherwise) {
        return fields.has(attribute)
                ? fields.optionalText(attribute, 0, Attributes.LONGEST).orElse("")
                : otherwise;
    }

    private static Set<String> with(Set<String> some, String... others) {
        Set<String> all = new HashSet<>(some);
        all.addAll(List.of(others));
        return all;
    }

    private static String macAddresses(List<String> values, Filter.Terms terms) {
        return Filter.text("p.mac_address")
                .condition(
                        values.stream()
                                .map(value -> MacAddress.ofAnyForm(value)
                                        .map(MacAddress::value)
                                        .orElse(value))
                                .toList(),
                        terms);
    }

    /** Values are {@code ip_address=A}, {@code subnet_id=S} or {@code ip_address_substr=T}; those of one name are alternatives. */
    private static String addresses(List<String> values, Filter.Terms terms) {
        List<String> conditions = new ArrayList<>();
        List<String> addresses = after("ip_address=", values);
        if (!addresses.isEmpty()) {
            conditions.add(Filter.text("host(a.address)").condition(addresses, terms));
        }
        List<String> subnets = after("subnet_id=", values);
        if (!subnets.isEmpty()) {
            conditions.add(Filter.uuid("a.subnet_id").condition(subnets, terms));
        }
        List<String> parts = after("ip_address_substr=", values);
        if (!parts.isEmpty()) {
            conditions.add("exists (select 1 from unnest(" + terms.array(String.class, parts)
                    + ") part where position(part in host(a.address)) > 0)");
        }
        if (addresses.size() + subnets.size() + parts.size() < values.size()) {
            throw terms.bad(String.join(", ", values), "ip_address=, subnet_id= or ip_address_substr=");
        }
        return "exists (select 1 from port_address a where a.port_id = p.id and " + String.join(" and ", conditions)
                + ")";
    }

    private static String securityGroups(List<String> values, Filter.Terms terms) {
        return "exists (select 1 from port_security_group g where g.port_id = p.id and "
                + Filter.uuid("g.security_group_id").condition(values, terms) + ")";
    }

    private static List<String> after(String prefix, List<String> values) {
        return values.stream()
                .filter(value -> value.startsWith(prefix))
                .map(value -> value.substring(prefix.length()))
                .toList();
    }
}
