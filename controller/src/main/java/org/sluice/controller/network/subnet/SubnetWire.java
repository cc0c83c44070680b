package org.sluice.controller.network.subnet;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.list.Filter;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;
import org.sluice.controller.network.address.IpRange;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.network.wire.NetworkWording;

/** Subnets as the Network API takes and shows them. */
final class SubnetWire {
    static final Attributes ATTRIBUTES = new Attributes(
            Set.of(
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
                    "dns_publish_fixed_ip"),
            Set.of(
                    "name",
                    "description",
                    "gateway_ip",
                    "enable_dhcp",
                    "allocation_pools",
                    "dns_nameservers",
                    "host_routes",
                    "service_types",
                    "segment_id",
                    "dns_publish_fixed_ip"),
            Set.of("id", "tags", "created_at", "updated_at", "revision_number"));

    private static final View<IpRange> POOL = View.<IpRange>of("allocation_pool", "allocation_pools")
            .member("end", IpRange::lastText)
            .member("start", IpRange::firstText)
            .build();

    static final View<Subnet> VIEW = View.<Subnet>of("subnet", "subnets")
            .member("id", Subnet::id)
            .member("name", Subnet::name)
            .member("tenant_id", Subnet::projectId)
            .member("network_id", Subnet::networkId)
            .member("ip_version", subnet -> subnet.block().version())
            .member("subnetpool_id", subnet -> null)
            .member("enable_dhcp", Subnet::enableDhcp)
            .member("ipv6_ra_mode", subnet -> null)
            .member("ipv6_address_mode", subnet -> null)
            .member("gateway_ip", Subnet::gateway)
            .member("cidr", subnet -> subnet.block().cidr())
            .member(
                    "allocation_pools",
                    subnet -> subnet.pools().stream()
                            .map(pool -> new View.Nested<>(POOL, pool))
                            .toList())
            .member("host_routes", Subnet::hostRoutes)
            .member("dns_nameservers", Subnet::nameServers)
            .member("description", Subnet::description)
            .member("service_types", subnet -> List.of())
            .member("tags", subnet -> subnet.stamps().tags())
            .member("created_at", subnet -> subnet.stamps().created())
            .member("updated_at", subnet -> subnet.stamps().updated())
            .member("revision_number", subnet -> subnet.stamps().revision())
            .member("project_id", Subnet::projectId)
            .build();

    static final ListQuery<Subnet> LIST = ListQuery.of(VIEW)
            .filter("id", Filter.uuid("s.id"))
            .filter("name", Filter.text("s.name"))
            .filter("description", Filter.text("s.description"))
            .filter("network_id", Filter.uuid("s.network_id"))
            .filter("project_id", Filter.text("s.project_id"))
            .filter("tenant_id", Filter.text("s.project_id"))
            .filter("ip_version", Filter.integer("s.ip_version"))
            .filter("cidr", Filter.text("text(s.cidr)"))
            .filter("gateway_ip", Filter.text("host(s.gateway_ip)"))
            .filter("enable_dhcp", Filter.truth("s.enable_dhcp"))
            .filter("shared", Filter.truth("n.shared"))
            .filter("tags", Filter.hasAll("s.tags"))
            .filter("tags-any", Filter.hasAny("s.tags"))
            .filter("not-tags", Filter.not(Filter.hasAll("s.tags")))
            .filter("not-tags-any", Filter.not(Filter.hasAny("s.tags")))
            .filter("revision_number", Filter.integer("s.revision_number"))
            .filter("changed_since", Filter.time("s.updated_at", ">="))
            .unique("id", "s.id", Subnet::id, subnet -> subnet.id().toString())
            .unknownMarker(NetworkWording.unknownMarker(NetworkProblems::subnetNotFound))
            .sort("name", "s.name", Subnet::name)
            .sort("network_id", "s.network_id", Subnet::networkId)
            .sort("cidr", "text(s.cidr)", subnet -> subnet.block().cidr())
            .sort("ip_version", "s.ip_version", subnet -> subnet.block().version())
            .sort("enable_dhcp", "s.enable_dhcp", Subnet::enableDhcp)
            .sort("project_id", "s.project_id", Subnet::projectId)
            .sort("tenant_id", "s.project_id", Subnet::projectId)
            .sort("created_at", "s.created_at", subnet -> subnet.stamps().createdAt())
            .sort("updated_at", "s.updated_at", subnet -> subnet.stamps().updatedAt())
            .zeroMeansAll()
            .build();

    /**
     * What a subnet has, or is to have.
     *
     * @param hostRoutes JSON list
     */
    record Settings(
            String name,
            String description,
            boolean enableDhcp,
            SubnetPlan plan,
            List<String> nameServers,
            String hostRoutes) {
        Settings {
            nameServers = List.copyOf(nameServers);
        }
    }

    private SubnetWire() {}

    /** Reads the attributes of a new subnet. */
    static Settings readNew(Fields fields) {
        SubnetRules.refuseWhatIsNotOffered(fields);
        int version = SubnetRules.version(fields);
        String cidr = fields.optionalText("cidr", 0, Attributes.LONGEST)
                .orElseThrow(() ->
                        NetworkProblems.badRequest("Failed to parse request. Required attribute 'cidr' not specified"));
        IpRange block = SubnetPlan.block(cidr, version);
        Optional<String> gateway =
                fields.has("gateway_ip") ? gateway(fields, block) : Optional.of(SubnetPlan.defaultGateway(block));
        return new Settings(
                fields.text("name", "", 0, Attributes.LONGEST),
                fields.text("description", "", 0, Attributes.LONGEST),
                fields.flag("enable_dhcp", true),
                plan(fields, block, gateway, SubnetPlan.defaultPools(block, gateway)),
                SubnetRules.nameServers(fields, version),
                SubnetRules.hostRoutes(fields, version));
    }

    /** Reads changes of that subnet. */
    static Settings read(Fields fields, Subnet subnet) {
        SubnetRules.refuseWhatIsNotOffered(fields);
        int version = subnet.block().version();
        Optional<String> gateway = fields.has("gateway_ip") ? gateway(fields, subnet.block()) : subnet.gateway();
        return new Settings(
                fields.text("name", subnet.name(), 0, Attributes.LONGEST),
                fields.text("description", subnet.description(), 0, Attributes.LONGEST),
                fields.flag("enable_dhcp", subnet.enableDhcp()),
                plan(fields, subnet.block(), gateway, subnet.pools()),
                fields.has("dns_nameservers") ? SubnetRules.nameServers(fields, version) : subnet.nameServers(),
                fields.has("host_routes")
                        ? SubnetRules.hostRoutes(fields, version)
                        : subnet.hostRoutes().text());
    }

    private static Optional<String> gateway(Fields fields, IpRange block) {
        return fields.optionalText("gateway_ip", 0, Attributes.LONGEST).map(text -> SubnetPlan.gateway(text, block));
    }

    private static SubnetPlan plan(Fields fields, IpRange block, Optional<String> gateway, List<IpRange> usual) {
        SubnetPlan plan = new SubnetPlan(
                block,
                gateway,
                fields.isSet("allocation_pools") ? SubnetPlan.pools(SubnetRules.pools(fields), block) : usual);
        plan.requireGatewayOutsidePools();
        return plan;
    }
}
