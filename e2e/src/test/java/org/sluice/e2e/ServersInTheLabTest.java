package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.sluice.e2e.LabHost.BOOT;
import static org.sluice.e2e.LabHost.addressOf;
import static org.sluice.e2e.LabHost.functionOf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens to a server that lives, on a real kernel and a real libvirt as Debian ships it: it is changed, its NICs come and go,
 * its host is tampered with, loses libvirt, and loses power. One cloud and one server, which each test leaves as it found it; what is
 * judged is seen from outside, by {@code ip}, {@code virsh}, and the frames on the wire.
 */
@EnabledIfSystemProperty(
        named = "sluice.lab.servers",
        matches = "true",
        disabledReason =
                "needs the lab's emulated node, and has not passed as a whole yet; ./verify -Dsluice.lab.servers=true")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServersInTheLabTest {
    private static final Duration CHANGE = Duration.ofMinutes(3);

    private static final int BOOTS = 20;

    /** As many as the host has processors for. */
    private static final int AT_ONCE = 2;

    /** So that those at once have more than one card has. */
    private static final int FUNCTIONS_A_SERVER = 3;

    @RegisterExtension
    private final TestExecutionExceptionHandler abortIfEmulatorHung = (_, failure) -> {
        node().abortIfEmulatorHung(failure);
        throw failure;
    };

    private RunningCloud cloud;
    private LabHost host;
    private TheTalk talk;
    private String untouched;

    /** How many agents had begun when the last one was killed. */
    private int killed;

    @BeforeAll
    void boot(@TempDir Path directory) throws Exception {
        Path key = Files.writeString(
                directory.resolve("id.pub"),
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJqkJ0Qf0N3qzY0Yw0nZ8l1k3oJr1z2dE7tJm7P0a7Qe dev001\n");
        cloud = RunningCloud.up(directory.resolve("data"), "lab", Ports.free(), Duration.ofMinutes(15));
        host = new LabHost(cloud);
        talk = new TheTalk(cloud);
        untouched = host.state();
        talk.prepare(key);
        cloud.type("openstack flavor create --ram 320 --disk 2 --vcpus 1 m1.larger")
                .succeeded();
        cloud.type("openstack flavor create --ram 64 --disk 0 --vcpus 1 m1.tiny")
                .succeeded();
        Path blank = Files.write(directory.resolve("blank"), new byte[1 << 20]);
        cloud.type("openstack image create --disk-format raw --container-format bare --file " + blank + " blank")
                .succeeded();
        talk.boot("guest");
        talk.active("vm00", BOOT);
        host.guestIsReady("vm00", 1);
    }

    @AfterAll
    void end() {
        if (cloud != null) {
            cloud.close();
        }
    }

    private LabNode node() {
        return cloud.node();
    }

    @Test
    @Order(1)
    void guestsAreConfinedAsDebiansLibvirtConfinesThem() {
        String process = "/proc/$(pgrep -o qemu-system)";

        assertThat(host.run("cat /etc/libvirt/qemu.conf | sed '/^ *#/d; /^ *$/d'"))
                .as("what is set in libvirt's configuration")
                .isEmpty();
        assertThat(host.run("ps -o user:32= -p $(pgrep -o qemu-system)")).isEqualToIgnoringNewLines("libvirt-qemu");
        assertThat(host.run("cat " + process + "/attr/current"))
                .startsWith("libvirt-")
                .contains("(enforce)");
        assertThat(host.run("cat " + process + "/cgroup")).contains("/machine/");
        assertThat(host.run("readlink " + process + "/ns/mnt"))
                .as("its mount namespace")
                .isNotEqualTo(host.run("readlink /proc/1/ns/mnt"));
    }

    @Test
    @Order(2)
    void aFunctionComesToARunningGuestAndGoes() {
        cloud.type("neutron port-create NETWORK1 --name vm_nic2 --binding:vnic-type direct")
                .succeeded();

        cloud.type("openstack server add port vm00 vm_nic2").succeeded();
        portIs("vm_nic2", "ACTIVE");
        Map<String, String> port = talk.port("vm_nic2");
        String function = functionOf(port);
        String mac = port.get("mac_address");
        host.hasAFunctionProgrammed(mac);
        host.hasADomainWithTheFunction(domain(), mac, function);
        host.consoleHas("vm00", "GUEST vf " + mac + " " + addressOf(port) + "/24 carrier", 1);
        host.peerInVlan2401GetsAnswers(addressOf(port));
        assertThat(host.echoesOnTheWire(2401, addressOf(port))).contains("ICMP echo reply");

        cloud.type("openstack server remove port vm00 vm_nic2").succeeded();
        host.consoleHas("vm00", "GUEST gone " + mac, 1);
        portIs("vm_nic2", "DOWN");
        assertThat(host.run("virsh dumpxml " + domain())).doesNotContain(mac);
        host.hasTheFunctionNeutral(function);
        assertThat(cloud.type("sluice fleet leases --data " + cloud.data())
                        .succeeded()
                        .lines())
                .as("leases of the server")
                .filteredOn(line -> line.contains("vm00"))
                .hasSize(1);
        host.peerGetsNone(addressOf(port));
        host.peerInVlan2401GetsAnswers(addressOf(talk.port("vm_nic1")));
        cloud.type("neutron port-delete vm_nic2").succeeded();
    }

    @Test
    @Order(3)
    void aNicOnABridgeComesToARunningGuestAndGoes() {
        String before = host.run("ip -br link show type tun | awk '{print $1}'");
        cloud.type("neutron port-create NETWORK0 --name vm_nic3").succeeded();

        cloud.type("openstack server add port vm00 vm_nic3").succeeded();
        portIs("vm_nic3", "ACTIVE");
        Map<String, String> port = talk.port("vm_nic3");
        host.consoleHas("vm00", "GUEST vm_nic1 " + addressOf(port) + "/24 " + port.get("mac_address"), 1);

        cloud.type("openstack server remove port vm00 vm_nic3").succeeded();
        host.consoleHas("vm00", "GUEST gone " + port.get("mac_address"), 1);
        portIs("vm_nic3", "DOWN");
        assertThat(host.run("virsh dumpxml " + domain())).doesNotContain(port.get("mac_address"));
        assertThat(host.run("ip -br link show type tun | awk '{print $1}'"))
                .as("taps")
                .isEqualTo(before);
        cloud.type("neutron port-delete vm_nic3").succeeded();
    }

    @Test
    @Order(4)
    void aVlanThatSomebodyChangesIsSetBackAndAMacIsTold() {
        Map<String, String> port = talk.port("vm_nic1");
        String mac = port.get("mac_address");
        String function = functionOf(port);
        String pf = host.pfOf(function);
        String vf = host.indexOf(function);

        String _ = host.run("ip link set " + pf + " vf " + vf + " vlan 2402");
        await().atMost(CHANGE)
                .pollInterval(Duration.ofSeconds(2))
                .until(() -> LabHost.vlanOf(host.functionAt(function)) == 2401);
        agentSays("VLAN is 2402 instead of 2401");
        host.peerInVlan2401GetsAnswers(addressOf(port));

        String _ = host.run("ip link set " + pf + " vf " + vf + " mac 52:54:00:00:00:01");
        agentSays("MAC is 52:54:00:00:00:01 instead of " + mac);
        assertThat(host.functionAt(function).path("address").asString())
                .as("it may be the guest's own doing, and is left")
                .isEqualTo("52:54:00:00:00:01");
        assertThat(cloud.type("openstack server show vm00 -f value -c status").succeeded())
                .isEqualToIgnoringNewLines("ACTIVE");

        bootsAgain(() -> cloud.type("openstack server reboot --hard vm00").succeeded(), "ACTIVE");
        host.hasAFunctionProgrammed(mac);
        host.peerInVlan2401GetsAnswers(addressOf(port));
    }

    @Test
    @Order(5)
    void anImageOfARunningServerBoots() {
        cloud.type("openstack server image create --wait --name copy vm00").succeeded();
        assertThat(cloud.type("openstack image show copy -f value -c status").succeeded())
                .contains("active");
        host.peerInVlan2401GetsAnswers(addressOf(talk.port("vm_nic1")));

        bootsAgain(() -> cloud.type("openstack server rescue --image copy vm00").succeeded(), "RESCUE");
        assertThat(host.run("virsh -q domblklist " + domain()))
                .containsSubsequence("vda", "rescue-", "vdb", "root.qcow2");
        host.peerInVlan2401GetsAnswers(addressOf(talk.port("vm_nic1")));

        bootsAgain(() -> cloud.type("openstack server unrescue vm00").succeeded(), "ACTIVE");
        assertThat(host.run("virsh -q domblklist " + domain()))
                .contains("root.qcow2")
                .doesNotContain("rescue");
        assertThat(host.run("ls /state/agent/servers/*")).doesNotContain("rescue");
        cloud.type("openstack image delete copy").succeeded();
    }

    @Test
    @Order(6)
    void aServerIsResizedAndRevertedAndResizedAndConfirmed() {
        Map<String, String> port = talk.port("vm_nic1");

        bootsAgain(
                () -> cloud.type("openstack server resize --flavor m1.larger vm00")
                        .succeeded(),
                "VERIFY_RESIZE");
        assertThat(memory()).isEqualTo(320 * 1024);
        host.hasAFunctionProgrammed(port.get("mac_address"));
        bootsAgain(() -> cloud.type("openstack server resize revert vm00").succeeded(), "ACTIVE");
        assertThat(memory()).isEqualTo(256 * 1024);
        assertThat(host.run("virsh -q domblklist " + domain())).contains("/root.qcow2");

        bootsAgain(
                () -> cloud.type("openstack server resize --flavor m1.larger vm00")
                        .succeeded(),
                "VERIFY_RESIZE");
        cloud.type("openstack server resize confirm vm00").succeeded();
        talk.becomes("vm00", "ACTIVE", CHANGE);
        assertThat(memory()).isEqualTo(320 * 1024);
        assertThat(host.run("qemu-img info -U /state/agent/servers/*/" + rootDisk()))
                .contains("virtual size: 2 GiB");
        host.peerInVlan2401GetsAnswers(addressOf(port));
    }

    @Test
    @Order(7)
    void aSuspendedServerIsAFileAndGoesOnWhereItWas() {
        Map<String, String> port = talk.port("vm_nic1");
        int boots = host.countOnConsole("vm00", "GUEST ready");

        cloud.type("openstack server suspend vm00").succeeded();
        talk.becomes("vm00", "SUSPENDED", CHANGE);
        assertThat(host.run("virsh -q list --all")).isBlank();
        assertThat(host.run("ls /state/agent/servers/*/")).contains("memory.save");
        host.peerGetsNone(addressOf(port));

        cloud.type("openstack server resume vm00").succeeded();
        talk.becomes("vm00", "ACTIVE", CHANGE);
        assertThat(host.run("ls /state/agent/servers/*/")).doesNotContain("memory.save");
        host.hasAFunctionProgrammed(port.get("mac_address"));
        host.hasADomainWithTheFunction(domain(), port.get("mac_address"), functionOf(port));
        host.peerInVlan2401GetsAnswers(addressOf(port));
        assertThat(host.countOnConsole("vm00", "GUEST ready"))
                .as("it has not booted")
                .isEqualTo(boots);
    }

    @Test
    @Order(8)
    void aShelvedServerLeavesItsHostAndComesBack() {
        Map<String, String> port = talk.port("vm_nic1");
        String function = functionOf(port);

        cloud.type("openstack server shelve vm00").succeeded();
        talk.becomes("vm00", "SHELVED_OFFLOADED", BOOT);
        host.hasTheFunctionNeutral(function);
        assertThat(host.state()).as("what is left of it on its host").isEqualTo(untouched);

        cloud.type("openstack server unshelve vm00").succeeded();
        talk.becomes("vm00", "ACTIVE", BOOT);
        // Its console is a new one.
        host.guestIsReady("vm00", 1);
        host.hasAFunctionProgrammed(port.get("mac_address"));
        host.peerInVlan2401GetsAnswers(addressOf(port));
    }

    @Test
    @Order(9)
    void guestsOutliveLibvirtdAndObeyTheOneThatFollows() {
        String guest = host.run("pgrep -o qemu-system");
        String address = addressOf(talk.port("vm_nic1"));

        String _ = host.run("kill -KILL $(pgrep -x libvirtd)");
        try {
            host.peerInVlan2401GetsAnswers(address);
        } finally {
            String _ = host.run("libvirtd -d");
        }
        assertThat(host.run("virsh domstate " + domain())).contains("running");
        assertThat(host.run("pgrep -o qemu-system")).isEqualTo(guest);

        cloud.type("openstack server stop vm00").succeeded();
        talk.becomes("vm00", "SHUTOFF", CHANGE);
        assertThat(host.run("virsh -q list --all")).isBlank();
        bootsAgain(() -> cloud.type("openstack server start vm00").succeeded(), "ACTIVE");
        host.peerInVlan2401GetsAnswers(address);
        assertThat(cloud.type("sluice fleet host node0 --data " + cloud.data()).succeeded())
                .as("faults of the host")
                .doesNotContain("does not answer");
    }

    @Test
    @Order(10)
    void afterALossOfPowerRunsWhatRanAndIsOffWhatWasOff() {
        Map<String, String> port = talk.port("vm_nic1");
        directPort("off_nic");
        tinyServer("off00", List.of("off_nic"));
        talk.active("off00", BOOT);
        String _ = host.run("virsh destroy " + domain("off00"));
        talk.becomes("off00", "SHUTOFF", CHANGE);
        // Nobody else promises that what a guest has said is on the disk already.
        String _ = host.run("sync /state/agent/servers/*/console.log");
        int boots = host.countOnConsole("vm00", "GUEST ready");
        String agent = host.run("tr '\\0' ' ' </proc/$(cat /run/sluice/agent.pid)/cmdline");

        node().losePower(
                        RunningCloud.HOME.resolve(".build/current"),
                        cloud.data().resolve("hosts/node0"));
        assertThat(host.run("virsh -q list --all")).isBlank();
        String _ = host.run("sluice-agent start --java -Xmx256m --java --sun-misc-unsafe-memory-access=allow -- "
                + agent.replaceFirst(".*AgentMain ", ""));

        host.guestIsReady("vm00", boots + 1);
        talk.becomes("vm00", "ACTIVE", CHANGE);
        talk.becomes("off00", "SHUTOFF", CHANGE);
        assertThat(host.run("virsh -q list --all --name").strip()).isEqualTo(domain());
        assertThat(functionOf(talk.port("vm_nic1"))).isEqualTo(functionOf(port));
        host.hasAFunctionProgrammed(port.get("mac_address"));
        host.hasADomainWithTheFunction(domain(), port.get("mac_address"), functionOf(port));
        host.peerInVlan2401GetsAnswers(addressOf(port));
        talk.delete("off00", CHANGE);
        cloud.type("neutron port-delete off_nic").succeeded();
    }

    /** Its servers have nothing to boot from, so that it is the agent that has work to do and not the emulator. */
    @Test
    @Order(11)
    void agentsKilledAtRandomDuringTwentyBootsAndDeletesLeaveNothing() {
        long seed = Long.getLong("sluice.lab.seed", System.nanoTime());
        System.out.println("Agents are killed at random; -Dsluice.lab.seed=" + seed + " kills after the same pauses.");
        Random random = new Random(seed);
        talk.delete("vm00", CHANGE);
        List<String> ports = IntStream.range(0, AT_ONCE * FUNCTIONS_A_SERVER)
                .mapToObj("tiny_nic%d"::formatted)
                .toList();
        ports.forEach(this::directPort);
        Set<String> cards = new TreeSet<>();
        for (int made = 0; made < BOOTS; made += AT_ONCE) {
            List<String> names = IntStream.range(made, made + AT_ONCE)
                    .mapToObj("tiny%02d"::formatted)
                    .toList();
            for (int server = 0; server < AT_ONCE; server++) {
                int first = server * FUNCTIONS_A_SERVER;
                tinyServer(names.get(server), ports.subList(first, first + FUNCTIONS_A_SERVER));
            }
            killAgent(random);
            names.forEach(name -> talk.active(name, BOOT));
            for (String name : ports) {
                Map<String, String> port = talk.port(name);
                cards.add(host.pfOf(functionOf(port)));
                host.hasAFunctionProgrammed(port.get("mac_address"));
            }

            names.forEach(name -> cloud.type("nova delete " + name).succeeded());
            killAgent(random);
            names.forEach(name -> talk.gone(name, BOOT));
        }
        ports.forEach(name -> cloud.type("neutron port-delete " + name).succeeded());

        assertThat(cards).containsExactly("pf0", "pf1");
        assertThat(host.state()).as("what is left on the host").isEqualTo(untouched);
        assertThat(host.run("ls /state/agent/journal/servers"))
                .as("what the journal has")
                .isBlank();
        assertThat(cloud.type("sluice fleet leases --data " + cloud.data()).succeeded())
                .doesNotContain("tiny", "vm00");
        for (String function : host.functions()) {
            host.hasTheFunctionNeutral(function);
        }
    }

    /** The moment is what is tried, so the pause is random; the agent has begun its work before it is killed. */
    private void killAgent(Random random) {
        await().atMost(CHANGE).pollInterval(Duration.ofMillis(500)).until(() -> agentsBegun() > killed);
        killed = agentsBegun();
        String _ = host.run("sleep %d.%03d; sluice-agent kill".formatted(random.nextInt(10), random.nextInt(1000)));
    }

    private int agentsBegun() {
        return Integer.parseInt(host.run("grep -c 'The agent of host node0 starts' /state/sluice.log")
                .strip());
    }

    private void directPort(String name) {
        cloud.type("neutron port-create NETWORK1 --name " + name + " --binding:vnic-type direct")
                .succeeded();
    }

    /** A server with these ports, on a disk with nothing on it. */
    private void tinyServer(String name, List<String> ports) {
        String nics = ports.stream()
                .map(port -> "--nic port-id=" + talk.port(port).get("id"))
                .collect(Collectors.joining(" "));
        cloud.type("nova boot --flavor m1.tiny --image blank " + nics + " " + name)
                .succeeded();
    }

    /** Does what has the guest of vm00 boot, and waits until it has. */
    private void bootsAgain(Runnable action, String status) {
        int boots = host.countOnConsole("vm00", "GUEST ready");
        action.run();
        talk.becomes("vm00", status, BOOT);
        host.guestIsReady("vm00", boots + 1);
    }

    private void portIs(String name, String status) {
        await().atMost(CHANGE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> cloud.type("openstack port show " + name + " -f value -c status")
                        .succeeded()
                        .strip()
                        .equals(status));
    }

    private void agentSays(String words) {
        await().atMost(CHANGE)
                .pollInterval(Duration.ofSeconds(2))
                .until(() -> host.run("cat /state/sluice.log").contains(words));
    }

    private String domain() {
        return domain("vm00");
    }

    private String domain(String server) {
        return cloud.type("openstack server show " + server + " -f value -c OS-EXT-SRV-ATTR:instance_name")
                .succeeded()
                .strip();
    }

    /** KiB, as libvirt counts. */
    private int memory() {
        return Integer.parseInt(host.run("virsh dominfo " + domain() + " | awk '/^Max memory/ { print $3 }'")
                .strip());
    }

    private String rootDisk() {
        return Path.of(host.run("virsh -q domblklist " + domain() + " | awk '$1 == \"vda\" { print $2 }'")
                        .strip())
                .getFileName()
                .toString();
    }
}
