package org.sluice.controller.network.subnet;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sluice.controller.http.Json;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.network.address.IpRange;
import org.sluice.controller.network.network.Owners;
import org.sluice.controller.network.wire.Attributes;
import org.sluice.controller.network.wire.NetworkProblems;
import org.sluice.controller.policy.RowTarget;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ArrayNode;

/** Who may do what with subnets, as Neutron's policies say, and what they tell their hosts. */
final class SubnetRules {
    /** Who sees a subnet {@code s} of a network {@code n}. */
    static final Rule GET = Rule.of(
                    "get_subnet", Owners.READER + " or field:networks:shared=True", "Show subnets, and list them.")
            .over(RowTarget.ofProject("s.project_id")
                    .onNetworkOf("n.project_id")
                    .withTruth("shared", "n.shared"));

    static final Rule CREATE = Rule.of("create_subnet", Owners.NETWORK_MEMBER, "Create subnets.");
    static final Rule UPDATE = Rule.of("update_subnet", Owners.MEMBER, "Change a subnet.");
    static final Rule UPDATE_TAGS = Rule.of("update_subnet:tags", Who.PROJECT_MEMBER, "Change the tags of a subnet.");
    static final Rule DELETE = Rule.of("delete_subnet", Owners.MEMBER, "Delete a subnet.");

    private static final int MOST_ROUTES = 20;
    private static final int MOST_NAME_SERVERS = 5;
    /** As many pieces as one block is cut into by hand: each costs a look when a port asks for an address. */
    private static final int MOST_POOLS = 32;

    /** All of them are read for each port that is made. */
    static final int MOST_ON_NETWORK = 64;

    private SubnetRules() {}

    static int version(Fields fields) {
        fields.required("ip_version");
        int version = fields.optionalInteger("ip_version", Integer.MIN_VALUE, Integer.MAX_VALUE)
                .orElseThrow(() -> NetworkProblems.badField("ip_version", "'None' is not in [4, 6]"));
        if (version != 4 && version != 6) {
            throw NetworkProblems.badField("ip_version", "'" + version + "' is not in [4, 6]");
        }
        return version;
    }

    static List<String> nameServers(Fields fields, int version) {
        List<String> texts = fields.texts("dns_nameservers", Integer.MAX_VALUE, 0, Integer.MAX_VALUE);
        if (texts.size() > MOST_NAME_SERVERS) {
            throw exhausted("DNSNameServersExhausted", "DNS nameservers", MOST_NAME_SERVERS);
        }
        List<String> servers = new ArrayList<>();
        for (String text : texts) {
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
        return servers;
    }

    /** The JSON list of the routes, checked. */
    static String hostRoutes(Fields fields, int version) {
        ArrayNode routes = Json.MAPPER.createArrayNode();
        for (Fields route : fields.objects("host_routes", Integer.MAX_VALUE)) {
            route.onlyKnows(Set.of("destination", "nexthop"));
            String destination = route.text("destination", 0, Attributes.LONGEST);
            String nextHop = route.text("nexthop", 0, Attributes.LONGEST);
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
            throw exhausted("HostRoutesExhausted", "host routes", MOST_ROUTES);
        }
        return routes.toString();
    }

    static void refuseWhatIsNotOffered(Fields fields) {
        fields.refuseValue("ipv6_ra_mode", "router advertisements are not offered; leave it unset");
        fields.refuseValue("ipv6_address_mode", "router advertisements are not offered; leave it unset");
        fields.refuseValue("subnetpool_id", "subnet pools are not offered; give a cidr");
        fields.refuseValue("prefixlen", "subnet pools are not offered; give a cidr");
        fields.refuseValue("service_types", "service types of subnets are not offered");
        fields.refuseValue("segment_id", "routed networks are not offered");
        if (fields.flag("use_default_subnet_pool").orElse(false)) {
            throw NetworkProblems.badField("use_default_subnet_pool", "subnet pools are not offered; give a cidr");
        }
        if (fields.flag("dns_publish_fixed_ip").orElse(false)) {
            throw NetworkProblems.badField("dns_publish_fixed_ip", "a DNS service is not offered");
        }
    }

    /** The parts of the block that ports get addresses from, as they came. */
    static List<Fields> pools(Fields fields) {
        List<Fields> pools = fields.objects("allocation_pools", Integer.MAX_VALUE);
        if (pools.size() > MOST_POOLS) {
            throw exhausted("AllocationPoolsExhausted", "allocation pools", MOST_POOLS);
        }
        return pools;
    }

    private static ProblemException exhausted(String code, String what, int most) {
        return NetworkProblems.of(
                Problem.Kind.BAD_REQUEST,
                code,
                "Unable to complete operation for the subnet. The number of " + what + " exceeds the limit " + most
                        + ".");
    }

    static ProblemException tooMany(Object network) {
        return NetworkProblems.conflict(
                "TooManySubnets",
                "Network " + network + " would have more than " + MOST_ON_NETWORK
                        + " subnets, which is the most that one network may have; use another network, or larger subnets.");
    }

    static ProblemException overlaps(IpRange block, Object network) {
        return NetworkProblems.invalidInput("Requested subnet with cidr: " + block.cidr() + " for network: " + network
                + " overlaps with another subnet");
    }

    static ProblemException inUse(Object id) {
        return NetworkProblems.conflict(
                "SubnetInUse",
                "Unable to complete operation on subnet " + id
                        + ": One or more ports have an IP allocation from this subnet, or gave one up that a guest may still use.");
    }
}
