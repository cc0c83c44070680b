package org.sluice.controller.network.network;

import java.util.List;
import java.util.Set;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.network.wire.NetworkWording;

/** Networks as the Network API takes and shows them. */
final class NetworkWire {
    /** RFC 791: every host must take packets of this size. */
    private static final int SMALLEST_MTU = 68;

    static final Attributes ATTRIBUTES = new Attributes(
            Set.of(
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
                    "is_default"),
            Set.of(
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
                    "provider:segmentation_id"),
            Set.of(
                    "id",
                    "status",
                    "subnets",
                    "tags",
                    "created_at",
                    "updated_at",
                    "revision_number",
                    "availability_zones",
                    "ipv4_address_scope",
                    "ipv6_address_scope"));

    static final View<Network> VIEW = View.<Network>of("network", "networks")
            .about(NetworkRules::target)
            .member("id", Network::id)
            .member("name", Network::name)
            .member("tenant_id", Network::projectId)
            .member("admin_state_up", Network::adminStateUp)
            .member("mtu", Network::mtu)
            .member("status", network -> "ACTIVE")
            .member("subnets", Network::subnets)
            .member("shared", Network::isShared)
            .member("availability_zone_hints", network -> List.of())
            .member("availability_zones", network -> List.of())
            .member("ipv4_address_scope", network -> null)
            .member("ipv6_address_scope", network -> null)
            .member("router:external", Network::isExternal)
            .member("description", Network::description)
            .member("port_security_enabled", Network::portSecurity)
            .member("qos_policy_id", network -> null)
            .member("tags", network -> network.stamps().tags())
            .member("created_at", network -> network.stamps().created())
            .member("updated_at", network -> network.stamps().updated())
            .member("revision_number", network -> network.stamps().revision())
            .member("project_id", Network::projectId)
            .member("provider:network_type", Network::networkType)
            .seenWith(NetworkRules.GET_NETWORK_TYPE)
            .member("provider:physical_network", Network::physicalNetwork)
            .seenWith(NetworkRules.GET_PHYSICAL_NETWORK)
            .member("provider:segmentation_id", Network::vlan)
            .seenWith(NetworkRules.GET_SEGMENTATION_ID)
            .build();

    /** Neutron says of a new network alone whether it is the default external one. */
    static final View<Network> MADE = View.<Network>of("network", "networks")
            .with(VIEW)
            .member("is_default", network -> false)
            .build();

    static final ListQuery<Network> LIST = ListQuery.of(VIEW)
            .filter("id", Filter.uuid("n.id"))
            .filter("name", Filter.text("n.name"))
            .filter("description", Filter.text("n.description"))
            .filter("project_id", Filter.text("n.project_id"))
            .filter("tenant_id", Filter.text("n.project_id"))
            .filter("admin_state_up", Filter.truth("n.admin_state_up"))
            .filter("shared", Filter.truth("n.shared"))
            .filter("router:external", Filter.truth("n.external"))
            .filter("is_default", Filter.truth("false"))
            .filter("port_security_enabled", Filter.truth("n.port_security"))
            .filter("status", Filter.text("'ACTIVE'"))
            .filter("mtu", Filter.integer("n.mtu"))
            .filter("provider:network_type", Filter.text("n.network_type"))
            .allowedWith(NetworkRules.GET_NETWORK_TYPE)
            .filter("provider:physical_network", Filter.text("n.physical_network"))
            .allowedWith(NetworkRules.GET_PHYSICAL_NETWORK)
            .filter("provider:segmentation_id", Filter.integer("n.segmentation_id"))
            .allowedWith(NetworkRules.GET_SEGMENTATION_ID)
            .filter("tags", Filter.hasAll("n.tags"))
            .filter("tags-any", Filter.hasAny("n.tags"))
            .filter("not-tags", Filter.not(Filter.hasAll("n.tags")))
            .filter("not-tags-any", Filter.not(Filter.hasAny("n.tags")))
            .filter("revision_number", Filter.integer("n.revision_number"))
            .filter("changed_since", Filter.time("n.updated_at", ">="))
            .unique("id", "n.id", Network::id, network -> network.id().toString())
            .unknownMarker(NetworkWording.unknownMarker(NetworkProblems::networkNotFound))
            .sort("name", "n.name", Network::name)
            .sort("project_id", "n.project_id", Network::projectId)
            .sort("tenant_id", "n.project_id", Network::projectId)
            .sort("admin_state_up", "n.admin_state_up", Network::adminStateUp)
            .sort("mtu", "n.mtu", Network::mtu)
            .sort("created_at", "n.created_at", network -> network.stamps().createdAt())
            .sort("updated_at", "n.updated_at", network -> network.stamps().updatedAt())
            .zeroMeansAll()
            .build();

    /**
     * What a network has, or is to have, apart from its segment.
     *
     * @param mtu bytes; 0 for the physical network's own
     */
    record Settings(
            String name,
            String description,
            boolean adminStateUp,
            boolean isShared,
            boolean isExternal,
            boolean portSecurity,
            int mtu) {
        /** What a network is made with that nothing is said about. */
        static final Settings USUAL = new Settings("", "", true, false, false, true, 0);

        static Settings of(Network network) {
            return new Settings(
                    network.name(),
                    network.description(),
                    network.adminStateUp(),
                    network.isShared(),
                    network.isExternal(),
                    network.portSecurity(),
                    network.mtu());
        }

        /** The same with the MTU that the wire gives. */
        Settings withMtu(int bytes) {
            return new Settings(name, description, adminStateUp, isShared, isExternal, portSecurity, bytes);
        }
    }

    private NetworkWire() {}

    /** Reads attributes; what is not said is as {@code otherwise}. */
    static Settings read(Fields fields, Settings otherwise) {
        fields.refuseValue("qos_policy_id", "QoS policies are not offered");
        fields.refuseValue("availability_zone_hints", "availability zones of networks are not offered");
        if (fields.flag("is_default").orElse(false)) {
            throw NetworkProblems.badField("is_default", "a default external network is not offered");
        }
        return new Settings(
                fields.text("name", otherwise.name(), 0, Attributes.LONGEST),
                fields.text("description", otherwise.description(), 0, Attributes.LONGEST),
                fields.flag("admin_state_up", otherwise.adminStateUp()),
                fields.flag("shared", otherwise.isShared()),
                fields.flag("router:external", otherwise.isExternal()),
                fields.flag("port_security_enabled", otherwise.portSecurity()),
                fields.has("mtu")
                        ? fields.optionalInteger("mtu", 0, Integer.MAX_VALUE).orElse(0)
                        : otherwise.mtu());
    }

    /** The MTU of a network on a wire with that largest one. */
    static int mtu(int asked, int largest) {
        int mtu = asked == 0 ? largest : asked;
        if (mtu > largest) {
            throw NetworkProblems.invalidInput("Requested MTU is too big, maximum is " + largest);
        }
        if (mtu < SMALLEST_MTU) {
            throw NetworkProblems.badField("mtu", "'" + mtu + "' is too small - must be at least '68'");
        }
        return mtu;
    }
}
