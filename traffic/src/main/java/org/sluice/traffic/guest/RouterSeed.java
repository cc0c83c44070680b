package org.sluice.traffic.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.sluice.linux.net.IpPrefix;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The config drive of a router: an OpenStack config drive, which cloud-init reads without any network. Its user data is a shell script
 * that finds the cards by MAC address, makes the machine a router, and says on the console that it is one.
 *
 * @see <a href="https://docs.cloud-init.io/en/latest/reference/datasources/configdrive.html">cloud-init: Config drive</a>
 */
public final class RouterSeed {
    /** What the guest says on its console, followed by its name, when it routes. */
    static final String READY = "SLUICE READY ";

    /** What it says, followed by its name and the reason, when it cannot. */
    static final String FAILED = "SLUICE FAILED ";

    /** By this label a guest finds the drive. */
    static final String LABEL = "config-2";

    private static final String FOLDER = "openstack/latest";
    private static final JsonMapper MAPPER = new JsonMapper();

    private RouterSeed() {}

    /**
     * Writes the drive's files into a folder, which is made if need be.
     *
     * @param name of the machine, which is also its host name
     * @param nics its network cards, in the order in which it has them
     */
    public static void write(Path folder, String name, List<RouterNic> nics) {
        ObjectNode metadata = MAPPER.createObjectNode();
        // cloud-init runs user data once for each instance, and knows an instance by this.
        metadata.put("uuid", UUID.randomUUID().toString());
        metadata.put("name", name);
        metadata.put("hostname", name);
        try {
            Path latest = Files.createDirectories(folder.resolve(FOLDER));
            Path _ = Files.write(latest.resolve("meta_data.json"), MAPPER.writeValueAsBytes(metadata));
            Path _ = Files.write(latest.resolve("network_data.json"), MAPPER.writeValueAsBytes(network(nics)));
            Path _ = Files.writeString(latest.resolve("user_data"), script(name, nics));
        } catch (IOException failure) {
            throw new UncheckedIOException("The config drive of " + name + " cannot be written.", failure);
        }
    }

    /** Static addresses, so that no guest waits for a DHCP server. */
    private static ObjectNode network(List<RouterNic> nics) {
        ObjectNode network = MAPPER.createObjectNode();
        ArrayNode links = network.putArray("links");
        ArrayNode networks = network.putArray("networks");
        network.putArray("services");
        for (int number = 0; number < nics.size(); number++) {
            RouterNic nic = nics.get(number);
            String link = "nic" + number;
            links.addObject()
                    .put("id", link)
                    .put("type", "phy")
                    .put("ethernet_mac_address", nic.mac().toString());
            for (IpPrefix prefix : nic.addresses()) {
                networks.addObject()
                        .put("id", link + "-" + networks.size())
                        .put("link", link)
                        .put("type", "ipv4")
                        .put("ip_address", prefix.address().getHostAddress())
                        .put("netmask", netmask(prefix.length()))
                        .putArray("routes");
            }
        }
        return network;
    }

    private static String netmask(int length) {
        int mask = length == 0 ? 0 : -1 << (Integer.SIZE - length);
        return "%d.%d.%d.%d".formatted(mask >>> 24, mask >>> 16 & 0xFF, mask >>> 8 & 0xFF, mask & 0xFF);
    }

    private static String script(String name, List<RouterNic> nics) {
        StringBuilder script = new StringBuilder("""
                #!/bin/sh
                # Makes this machine a router between the tester's networks.
                say() {
                    for console in /dev/console /dev/ttyS0; do echo "$*" >"$console"; done 2>/dev/null
                }
                set_value() { if [ -e "$1" ]; then echo "$2" >"$1"; fi; }
                find_nic() {
                    waited=0
                    while [ $waited -lt 60 ]; do
                        for nic in /sys/class/net/*; do
                            if [ "$(cat "$nic/address")" = "$1" ]; then
                                nic=${nic##*/}
                                return
                            fi
                        done
                        waited=$((waited + 1))
                        sleep 1
                    done
                    say "FAILED no network card has the MAC address $1"
                    exit 1
                }
                neighbour() { # the small ip of busybox has no neighbours, but it has arp
                    ip neigh replace "$1" lladdr "$2" dev "$nic" nud permanent 2>/dev/null || arp -i "$nic" -s "$1" "$2"
                }
                await_carrier() {
                    waited=0
                    until [ "$(cat "/sys/class/net/$nic/carrier" 2>/dev/null)" = 1 ]; do
                        if [ $waited -ge 60 ]; then
                            say "FAILED $nic has no carrier"
                            exit 1
                        fi
                        waited=$((waited + 1))
                        sleep 1
                    done
                }
                echo 1 >/proc/sys/net/ipv4/ip_forward
                for conf in all default; do
                    # One card may lead to both networks: no redirects, and every source address is right.
                    set_value /proc/sys/net/ipv4/conf/$conf/send_redirects 0
                    set_value /proc/sys/net/ipv4/conf/$conf/rp_filter 0
                    set_value /proc/sys/net/ipv6/conf/$conf/disable_ipv6 1
                done
                """.replace("FAILED ", FAILED + name + " "));
        for (RouterNic nic : nics) {
            script.append("find_nic ").append(nic.mac()).append('\n');
            script.append("ip link set dev $nic up\n");
            for (IpPrefix prefix : nic.addresses()) {
                script.append("ip address replace ").append(prefix).append(" dev $nic\n");
            }
            script.append("set_value /proc/sys/net/ipv4/conf/$nic/send_redirects 0\n");
            script.append("set_value /proc/sys/net/ipv4/conf/$nic/rp_filter 0\n");
            script.append("await_carrier\n");
            for (RouterNic.Neighbour neighbour : nic.neighbours()) {
                InetAddress address = neighbour.address();
                script.append("neighbour ")
                        .append(address.getHostAddress())
                        .append(' ')
                        .append(neighbour.mac())
                        .append('\n');
            }
        }
        return script.append("say \"").append(READY).append(name).append("\"\n").toString();
    }
}
