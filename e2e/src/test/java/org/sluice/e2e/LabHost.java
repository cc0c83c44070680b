package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The lab's node as somebody sees it who knows nothing of Sluice: by {@code ip}, {@code virsh}, {@code ping}, and the wire. */
record LabHost(RunningCloud cloud) {
    private static final JsonMapper JSON = new JsonMapper();

    /** How long a guest may take that boots while the machine has other things to do. */
    static final Duration BOOT = Duration.ofMinutes(10);

    /** Runs a shell command in the node, which must succeed; its output. */
    String run(String command) {
        return cloud.node().run(command).succeeded();
    }

    /** What the kernel says of the VF that has the address, if one has. */
    @Nullable
    JsonNode functionWith(@Nullable String mac) {
        for (JsonNode pf : JSON.readTree(run("ip -j -d link show"))) {
            for (JsonNode function : pf.path("vfinfo_list")) {
                if (function.path("address").asString().equals(mac)) {
                    return function;
                }
            }
        }
        return null;
    }

    /** What the kernel says of the VF at a PCI address. */
    JsonNode functionAt(String address) {
        String pf = pfOf(address);
        String index = indexOf(address);
        for (JsonNode function :
                JSON.readTree(run("ip -j -d link show " + pf)).get(0).path("vfinfo_list")) {
            if (function.path("vf").asString().equals(index)) {
                return function;
            }
        }
        throw new AssertionError("VF " + index + " of " + pf + " is not in the kernel's list");
    }

    /** The name of the PF whose VF is at a PCI address. */
    String pfOf(String address) {
        return run("ls /sys/bus/pci/devices/" + address + "/physfn/net").strip();
    }

    /** The number of the VF at a PCI address. */
    String indexOf(String address) {
        return run("for v in /sys/bus/pci/devices/" + address + "/physfn/virtfn*; do [ $(basename $(readlink $v)) = "
                        + address + " ] && echo ${v##*virtfn}; done; true")
                .strip();
    }

    /** The PCI addresses of all VFs. */
    List<String> functions() {
        return run("for v in /sys/bus/pci/devices/*/physfn; do d=${v%/physfn}; echo ${d##*/}; done")
                .lines()
                .toList();
    }

    static int vlanOf(JsonNode function) {
        return function.at("/vlan_list/0/vlan").asInt(function.path("vlan").asInt(0));
    }

    void hasAFunctionProgrammed(@Nullable String mac) {
        JsonNode function = functionWith(mac);
        assertThat(function).as("the VF with the address %s", mac).isNotNull();
        assertThat(vlanOf(function)).isEqualTo(2401);
        assertThat(function.path("spoofchk").asBoolean()).isTrue();
    }

    void hasTheFunctionNeutral(String address) {
        JsonNode function = functionAt(address);
        assertThat(function.path("address").asString()).isEqualTo("00:00:00:00:00:00");
        assertThat(vlanOf(function)).isZero();
        assertThat(function.path("trust").asString()).isIn("off", "false");
    }

    void hasADomainWithTheFunction(@Nullable String domain, @Nullable String mac, String address) {
        String[] parts = address.split("[:.]");
        assertThat(run("virsh dumpxml " + domain))
                .contains("<hostdev mode='subsystem' type='pci' managed='no'>")
                .contains("mac=\"" + mac + "\" vlan=\"2401\" device=\"" + address + "\"")
                .contains("domain='0x%s' bus='0x%s' slot='0x%s' function='0x%s'".formatted((Object[]) parts));
    }

    /** Everything a VM could have left: devices, domains, DHCP servers, namespaces, drivers of VFs, disks. */
    String state() {
        return run("ip -br link show | awk '{print $1}' | sort; virsh -q list --all; pgrep -a dnsmasq;"
                + " ip netns list | sort; for v in /sys/bus/pci/devices/*/physfn; do d=${v%/physfn};"
                + " echo ${d##*/} $(basename \"$(readlink $d/driver)\"); done; ls /state/agent/servers");
    }

    /** Waits for the so manyth boot of the server's guest, and returns its console, which keeps what was said before. */
    String guestIsReady(String server, int boot) {
        return consoleHas(server, "GUEST ready", boot);
    }

    /** Waits until the guest's console has a text so many times, and returns all of it; a host that comes back is waited for. */
    String consoleHas(String server, String text, int times) {
        await().atMost(BOOT).pollInterval(Duration.ofSeconds(2)).until(() -> {
            Command console = console(server);
            return console.status() == 0 && count(console.output(), text) >= times;
        });
        return console(server).succeeded();
    }

    int countOnConsole(String server, String text) {
        return count(console(server).succeeded(), text);
    }

    private static int count(String console, String text) {
        return Math.toIntExact(
                console.lines().filter(line -> line.contains(text)).count());
    }

    private Command console(String server) {
        return cloud.type("nova console-log " + server);
    }

    void peerInVlan2401GetsAnswers(String address) {
        run("ip -n wire addr flush dev wire0.2402; ip -n wire addr replace 10.24.1.1/24 dev wire0.2401");
        assertThat(run("ip netns exec wire ping -c 5 -W 5 " + address)).contains(" 0% packet loss");
    }

    void peerInVlan2402GetsNone(String address) {
        run("ip -n wire addr del 10.24.1.1/24 dev wire0.2401; ip -n wire addr replace 10.24.1.1/24 dev wire0.2402");
        peerGetsNone(address);
    }

    void peerGetsNone(String address) {
        Command ping = cloud.node().run("ip netns exec wire ping -c 3 -W 2 " + address);
        assertThat(ping.status()).as(ping.output()).isNotZero();
        assertThat(ping.output()).contains(" 100% packet loss");
    }

    /** Echo replies of the address that passed the wire with the VLAN's tag, as {@code tcpdump} shows them. */
    String echoesOnTheWire(int vlan, String address) {
        return Command.run(
                        Map.of(),
                        List.of(
                                "tcpdump",
                                "-nn",
                                "-e",
                                "-r",
                                cloud.node().directory().resolve("wire0.pcap").toString(),
                                "vlan " + vlan + " and icmp and src host " + address))
                .succeeded();
    }

    static String addressOf(Map<String, String> port) {
        return JSON.readTree(port.get("fixed_ips")).path("ip_address").asString();
    }

    /** The PCI address of the VF that a port has. */
    static String functionOf(Map<String, String> port) {
        return JSON.readTree(port.get("binding:profile")).at("/pci_slot").asString();
    }
}
