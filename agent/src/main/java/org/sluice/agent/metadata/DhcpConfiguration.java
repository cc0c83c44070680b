package org.sluice.agent.metadata;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.sluice.agent.host.SegmentServices.Client;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.FixedAddress;

/**
 * The configuration of one dnsmasq (dnsmasq(8)): it answers the clients named here and nobody else, because on the same VLAN
 * other hosts answer theirs. Pure.
 *
 * @param device the device it serves on, inside its namespace
 * @param service the addresses it serves from
 * @param mtu the network's MTU, bytes
 * @param clients who is served
 */
record DhcpConfiguration(String device, DesiredInterface.ServicePort service, int mtu, List<Client> clients) {
    /** Where guests expect metadata (EC2 and OpenStack alike). */
    static final String METADATA_ADDRESS = "169.254.169.254";

    /** Longer ones keep dnsmasq from starting, and so take DHCP away from everybody on the network. */
    private static final int LONGEST_LABEL = 63;

    /** What a field of dhcp-host may be besides a name: a lease time, or the word not to answer (dnsmasq's option.c). */
    private static final Pattern KEYWORD = Pattern.compile("ignore|infinite|[0-9]+[smhdw]?");

    /** An address, or a prefix: nothing else of a subnet may get into the file. */
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}([.][0-9]{1,3}){3}(/[0-9]{1,2})?");

    private static final String LEASE_TIME = "86400s";

    static Path pidFile(Path directory) {
        return directory.resolve("dnsmasq.pid");
    }

    static Path log(Path directory) {
        return directory.resolve("dnsmasq.log");
    }

    /** The configuration file's text. */
    String text(Path directory) {
        List<String> lines = new ArrayList<>();
        // No DNS: guests are told the name servers of their subnet.
        lines.add("port=0");
        lines.add("interface=" + device);
        lines.add("except-interface=lo");
        lines.add("bind-interfaces");
        lines.add("no-hosts");
        lines.add("no-resolv");
        lines.add("no-ping");
        lines.add("user=root");
        lines.add("pid-file=" + pidFile(directory));
        lines.add("log-facility=" + log(directory));
        lines.add("leasefile-ro");
        lines.add("dhcp-authoritative");
        lines.add("dhcp-ignore=tag:!known");
        lines.add("dhcp-option=option:mtu," + mtu);
        for (int i = 0; i < service.addresses().size(); i++) {
            subnet(service.addresses().get(i), "subnet" + i, lines);
        }
        // dnsmasq refuses the whole file for an address that two have: it is the newer one's.
        Map<String, String> hosts = new LinkedHashMap<>();
        for (Client client : clients) {
            for (FixedAddress address : client.nic().addresses()) {
                if (address.servedByDhcp() && isIpv4(address.address())) {
                    hosts.put(
                            address.address(),
                            "dhcp-host=" + client.mac() + "," + address.address() + ","
                                    + hostname(client.server().hostname()));
                }
            }
        }
        lines.addAll(hosts.values());
        return String.join("\n", lines) + "\n";
    }

    /** Whether a line of the file is about that client. */
    static boolean isOf(MacAddress client, String line) {
        return line.startsWith("dhcp-host=" + client + ",");
    }

    private static void subnet(FixedAddress own, String tag, List<String> lines) {
        if (!own.servedByDhcp()) {
            return;
        }
        String netmask = NetworkData.netmask(own.prefixLength(), false);
        String network = own.cidr().substring(0, own.cidr().indexOf('/'));
        lines.add("dhcp-range=set:" + tag + "," + network + ",static," + netmask + "," + LEASE_TIME);
        List<String> routes = new ArrayList<>(List.of(METADATA_ADDRESS + "/32", own.address()));
        for (FixedAddress.HostRoute route : own.furtherRoutes()) {
            // Metadata is served here, wherever a host route says it is.
            if (!route.destination().equals(METADATA_ADDRESS + "/32")
                    && isIpv4(route.destination())
                    && isIpv4(route.nextHop())) {
                routes.addAll(List.of(route.destination(), route.nextHop()));
            }
        }
        own.defaultNextHop().ifPresent(gateway -> {
            if (!own.isOnLink(gateway)) {
                // RFC 3442: by 0.0.0.0 means on the link, so that the guest finds a router outside of its subnet.
                routes.addAll(List.of(gateway + "/32", "0.0.0.0"));
            }
            // RFC 3442: a client that takes option 121 must ignore the router option, so the default route is repeated.
            routes.addAll(List.of("0.0.0.0/0", gateway));
        });
        String prefix = "dhcp-option=tag:" + tag + ",";
        lines.add(prefix + "option:classless-static-route," + String.join(",", routes));
        // An option without a value keeps dnsmasq from naming itself.
        lines.add(prefix + "option:router"
                + own.defaultNextHop().map(gateway -> "," + gateway).orElse(""));
        List<String> nameServers =
                own.nameServers().stream().filter(DhcpConfiguration::isIpv4).toList();
        lines.add(prefix + "option:dns-server" + (nameServers.isEmpty() ? "" : "," + String.join(",", nameServers)));
    }

    /** The options are IPv4's (RFC 2132), and dnsmasq refuses the whole file for one that is not. */
    private static boolean isIpv4(String address) {
        return IPV4.matcher(address).matches();
    }

    /**
     * The first label of the name, in the letters and the length that a host name may have (RFC 1123, section 2.1). What
     * dnsmasq would take for something else gets a domain: with a dot in it, it is a name. dnsmasq gives out the label alone,
     * since the domain is none that it serves.
     */
    private static String hostname(String name) {
        String label = name.split("\\.", 2)[0].toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        label = trim(
                trim(label).substring(0, Math.min(LONGEST_LABEL, trim(label).length())));
        if (label.isEmpty()) {
            return "host";
        }
        return KEYWORD.matcher(label).matches() ? label + ".invalid" : label;
    }

    private static String trim(String label) {
        return label.replaceAll("^-+|-+$", "");
    }
}
