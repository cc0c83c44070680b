package org.sluice.controller.network;

import java.util.List;
import org.sluice.controller.http.Absent;

/** What Neutron's reference (Networking API v2.0) has and this API has not. */
final class NetworkAbsences {
    private static final String ROUTING =
            "There are no routers: networks are VLANs, which the site's own routers join.";
    private static final String AGENTS =
            "There is one agent a host, which serves every network that its servers are in.";

    static final List<Absent> ALL = List.of(
            Absent.any("/v2.0/routers...", ROUTING),
            Absent.any("/v2.0/floatingips...", ROUTING),
            Absent.any("/v2.0/floatingip_pools...", ROUTING),
            Absent.any("/v2.0/ndp_proxies...", ROUTING),
            Absent.any("/v2.0/local_ips...", ROUTING),
            Absent.any("/v2.0/auto-allocated-topology...", ROUTING),
            Absent.any("/v2.0/subnetpools...", "Subnets name their own blocks of addresses."),
            Absent.any("/v2.0/address-scopes...", "Subnets name their own blocks of addresses."),
            Absent.any(
                    "/v2.0/address-groups...", "Rules of security groups name a block of addresses or another group."),
            Absent.any(
                    "/v2.0/default-security-group-rules...",
                    "Every project's default group begins with the rules that Neutron ships."),
            Absent.any("/v2.0/rbac-policies...", "A network is shared with everybody, or with nobody."),
            Absent.any("/v2.0/qos...", "No port has limits or guarantees of bandwidth."),
            Absent.any("/v2.0/trunks...", "A port is in one network."),
            Absent.any("/v2.0/segments...", "A network has one segment."),
            Absent.any("/v2.0/network_segment_ranges...", "VLAN ranges are set with `sluice fleet network`."),
            Absent.any("/v2.0/metering...", "Traffic is not metered."),
            Absent.any("/v2.0/log...", "Packets that security groups drop are not logged."),
            Absent.any("/v2.0/flavors...", "No service has flavors or providers."),
            Absent.any("/v2.0/service_profiles...", "No service has flavors or providers."),
            Absent.any("/v2.0/service-providers...", "No service has flavors or providers."),
            Absent.any("/v2.0/vpn...", "There are no VPNs, firewalls, load balancers and service chains."),
            Absent.any("/v2.0/fwaas...", "There are no VPNs, firewalls, load balancers and service chains."),
            Absent.any("/v2.0/bgpvpn...", "There are no VPNs, firewalls, load balancers and service chains."),
            Absent.any("/v2.0/bgp-...", "There are no VPNs, firewalls, load balancers and service chains."),
            Absent.any("/v2.0/taas...", "There are no VPNs, firewalls, load balancers and service chains."),
            Absent.any("/v2.0/sfc...", "There are no VPNs, firewalls, load balancers and service chains."),
            new Absent("POST PUT DELETE", "/v2.0/agents/{agent}", "An agent joins with a token, and is its host."),
            Absent.any("/v2.0/agents/{agent}/...", AGENTS),
            Absent.any("/v2.0/networks/{network}/dhcp-agents", AGENTS),
            Absent.any("/v2.0/ports/{port}/bindings...", "A server stays where it is, so that a port has one binding."),
            new Absent(
                    "PUT", "/v2.0/ports/{port}/add_allowed_address_pairs", "A port sends from its own addresses only."),
            new Absent(
                    "PUT",
                    "/v2.0/ports/{port}/remove_allowed_address_pairs",
                    "A port sends from its own addresses only."));

    private NetworkAbsences() {}
}
