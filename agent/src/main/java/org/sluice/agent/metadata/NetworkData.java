package org.sluice.agent.metadata;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sluice.agent.host.Bridges.Segment;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.FixedAddress;

/**
 * Builds {@code network_data.json} (Nova specification "Metadata service network info"): the guest's links, its networks and
 * its name servers. Pure.
 */
final class NetworkData {
    private final List<Map<String, Object>> links = new ArrayList<>();
    private final List<Map<String, Object>> networks = new ArrayList<>();
    private final List<Map<String, Object>> services = new ArrayList<>();

    private NetworkData() {}

    /** Returns the document as a tree of maps and lists. */
    static Map<String, Object> of(List<DesiredInterface> interfaces) {
        NetworkData data = new NetworkData();
        interfaces.forEach(data::add);
        return Map.of("links", data.links, "networks", data.networks, "services", data.services);
    }

    private void add(DesiredInterface nic) {
        String link = Segment.tapName(nic.port());
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("id", link);
        description.put("vif_id", nic.port().toString());
        description.put("type", typeOf(nic));
        description.put("mtu", nic.mtu());
        description.put("ethernet_mac_address", nic.mac().value());
        links.add(description);
        for (FixedAddress address : nic.addresses()) {
            networks.add(network(nic, link, address));
            for (String nameServer : address.nameServers()) {
                Map<String, Object> service = Map.of("type", "dns", "address", nameServer);
                if (!services.contains(service)) {
                    services.add(service);
                }
            }
        }
    }

    private static String typeOf(DesiredInterface nic) {
        return switch (nic) {
            case DesiredInterface.Bridge _ -> "bridge";
            case DesiredInterface.Direct _ -> "hw_veb";
        };
    }

    private Map<String, Object> network(DesiredInterface nic, String link, FixedAddress address) {
        Map<String, Object> network = new LinkedHashMap<>();
        network.put("id", "network" + networks.size());
        network.put("link", link);
        network.put("network_id", nic.network().toString());
        boolean six = address.address().contains(":");
        if (isServedByDhcp(nic, address)) {
            network.put("type", "ipv4_dhcp");
            return network;
        }
        network.put("type", six ? "ipv6" : "ipv4");
        network.put("ip_address", address.address());
        network.put("netmask", netmask(address.prefixLength(), six));
        network.put("routes", routes(address, six));
        List<Map<String, Object>> dns = new ArrayList<>();
        address.nameServers().forEach(server -> dns.add(Map.of("type", "dns", "address", server)));
        network.put("services", dns);
        return network;
    }

    /** DHCP is served on bridges, where the host sees the frames, and for IPv4; the rest is told as static. */
    private static boolean isServedByDhcp(DesiredInterface nic, FixedAddress address) {
        return switch (nic) {
            case DesiredInterface.Bridge bridge ->
                address.servedByDhcp() && bridge.services().isPresent();
            case DesiredInterface.Direct _ -> false;
        };
    }

    private static List<Map<String, Object>> routes(FixedAddress address, boolean six) {
        List<Map<String, Object>> routes = new ArrayList<>();
        address.defaultNextHop()
                .ifPresent(gateway -> routes.add(Map.of(
                        "network", six ? "::" : "0.0.0.0", "netmask", six ? "::" : "0.0.0.0", "gateway", gateway)));
        for (FixedAddress.HostRoute route : address.furtherRoutes()) {
            int slash = route.destination().indexOf('/');
            routes.add(Map.of(
                    "network",
                    route.destination().substring(0, slash),
                    "netmask",
                    netmask(Integer.parseInt(route.destination().substring(slash + 1)), six),
                    "gateway",
                    route.nextHop()));
        }
        return routes;
    }

    /** The mask of a prefix as an address: 255.255.255.0, or ffff:ffff:: for IPv6. */
    static String netmask(int prefixLength, boolean six) {
        byte[] mask = new byte[six ? 16 : 4];
        for (int bit = 0; bit < prefixLength; bit++) {
            mask[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        try {
            return InetAddress.getByAddress(mask).getHostAddress();
        } catch (java.net.UnknownHostException impossible) {
            throw new IllegalStateException("a mask of 4 or 16 bytes is an address", impossible);
        }
    }
}
