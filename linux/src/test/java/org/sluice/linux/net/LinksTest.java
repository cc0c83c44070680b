package org.sluice.linux.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.netlink.NetlinkException;

/** The verbs against this machine's kernel, in a network namespace that goes away with the test. */
class LinksTest {
    private NetworkNamespace namespace;
    private Links links;

    @BeforeEach
    void enterThrowAwayNamespace() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        namespace = NetworkNamespace.createNameless();
        links = Links.in(namespace);
    }

    @AfterEach
    void leave() {
        if (links != null) {
            links.close();
            namespace.close();
        }
    }

    @Test
    void aNewNamespaceHasTheLoopbackDeviceAndNothingOfTheHost() {
        assertThat(links.list())
                .filteredOn(link -> link.kind().name().isEmpty())
                .extracting(Link::name)
                .containsExactly("lo");
        Link loopback = links.find("lo").orElseThrow();
        assertThat(links.find(loopback.index())).contains(loopback);
        assertThat(loopback.up()).isFalse();

        links.setUp("lo");

        assertThat(links.find("lo").orElseThrow().up()).isTrue();
    }

    @Test
    void isWokenUpWhenADeviceBecomesAsWanted() throws Exception {
        Duration patience = Duration.ofSeconds(20);
        links.createVeth("left", "right");
        links.setUp("left");
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<Optional<Link>> carrier = other.submit(() -> links.await("left", Link::carrier, patience));
            assertThat(links.await("left", Link::carrier, Duration.ofMillis(50)))
                    .isEmpty();

            links.setUp("right");

            assertThat(carrier.get()).map(Link::carrier).contains(true);
            Future<Optional<Link>> appeared = other.submit(() -> links.await("later", Link::up, patience));
            links.createVeth("later", "peer");
            links.setUp("later");
            assertThat(appeared.get()).map(Link::name).contains("later");
        }
    }

    @Test
    void aWaitForADeviceEndsWithItsThread() throws Exception {
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<?> never = other.submit(() -> links.await("never", Link::up, Duration.ofDays(1)));
            assertThatThrownBy(() -> never.get(20, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

            other.shutdownNow();

            assertThatThrownBy(never::get).hasCauseInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void makesChangesAndDeletesAVethPair() {
        links.createVeth("left", "right");
        MacAddress mac = MacAddress.parse("02:00:00:00:00:01");
        links.setMac("left", mac);
        links.setMtu("left", 1400);
        links.setUp("left");
        links.setUp("right");

        Link left = links.find("left").orElseThrow();
        assertThat(left.mac()).isEqualTo(mac);
        assertThat(left.mtu()).isEqualTo(1400);
        assertThat(left.up()).isTrue();
        assertThat(left.carrier()).isTrue();
        assertThat(left.kind()).isEqualTo(new LinkKind.Other("veth"));
        assertThat(left.parentIndex())
                .isEqualTo(links.find("right").orElseThrow().index());

        links.setDown("left");
        assertThat(links.find("left").orElseThrow().up()).isFalse();
        assertThat(links.delete("left")).isTrue();
        assertThat(links.delete("left")).isFalse();
        assertThat(links.find("right")).isEmpty();
    }

    @Test
    void renamesEvenWhenAnAlternativeNameOfTheSameDeviceIsInTheWay() {
        links.createVeth("left", "right");
        links.addAlternativeName("left", "a-name-longer-than-fifteen-bytes");
        links.addAlternativeName("left", "wanted");
        assertThat(links.find("a-name-longer-than-fifteen-bytes"))
                .map(Link::name)
                .contains("left");

        links.rename("left", "wanted");

        Link renamed = links.find("wanted").orElseThrow();
        assertThat(renamed.name()).isEqualTo("wanted");
        assertThat(renamed.alternativeNames()).containsExactly("a-name-longer-than-fifteen-bytes");
        assertThat(links.find("left")).isEmpty();
        assertThatThrownBy(() -> links.rename("wanted", "right"))
                .isInstanceOfSatisfying(
                        NetlinkException.class,
                        failure -> assertThat(failure.errno()).isEqualTo(Errno.EEXIST));
    }

    @Test
    void putsDevicesIntoABridgeAndTakesThemOut() {
        links.createBridge("bridge", false, Duration.ofMinutes(2));
        links.createVeth("left", "right");

        links.setMaster("left", "bridge");

        Link bridge = links.find("bridge").orElseThrow();
        assertThat(bridge.kind()).isEqualTo(new LinkKind.Bridge(false, false, Duration.ofMinutes(2)));
        assertThat(links.find("left").orElseThrow().master()).hasValue(bridge.index());
        links.clearMaster("left");
        assertThat(links.find("left").orElseThrow().master()).isEmpty();
        assertThatThrownBy(() -> links.setMaster("left", "absent"))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.code()).isEqualTo("link.missing"));
    }

    @Test
    void isolatesPortsOfABridge() {
        links.createBridge("bridge", false, Duration.ofMinutes(2));
        links.createVeth("left", "right");
        assertThat(links.isIsolated("left")).as("of no bridge").isFalse();
        links.setMaster("left", "bridge");
        assertThat(links.isIsolated("left")).as("as it is made").isFalse();

        links.setIsolated("left", true);
        assertThat(links.isIsolated("left")).isTrue();
        links.setIsolated("left", false);
        assertThat(links.isIsolated("left")).isFalse();
    }

    @Test
    void movesDevicesToAnotherNamespace() {
        try (NetworkNamespace other = NetworkNamespace.createNameless();
                Links there = Links.in(other)) {
            links.createVeth("left", "right");
            links.moveTo("right", other);
            assertThat(links.find("right")).isEmpty();
            assertThat(there.find("right")).isPresent();

            links.createVeth("here", "there", other);
            assertThat(links.find("there")).isEmpty();
            assertThat(there.find("there")).isPresent();

            there.moveToProcess("there", ProcessHandle.current().pid());
            assertThat(there.find("there")).isEmpty();
            links.delete("here");
        }
    }

    @Test
    void makesTapsThatOutliveTheCall() {
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "This kernel has no tun device.");
        links.taps().createFor("tap0", 1000);

        assertThat(links.find("tap0").orElseThrow().kind()).isEqualTo(new LinkKind.Other("tun"));
        assertThatThrownBy(() -> links.taps().create("tap0")).hasMessageContaining("tap0");
        assertThatThrownBy(() -> links.taps().create("a-name-too-long-for-it")).hasMessageContaining("1 to 15");
        assertThat(links.delete("tap0")).isTrue();
    }

    @Test
    void givesAndTakesAddressesAndRoutes() throws Exception {
        links.createVeth("left", "right");
        links.setUp("left");
        links.setUp("right");
        IpPrefix four = IpPrefix.parse("192.0.2.1/24");
        IpPrefix six = IpPrefix.parse("2001:db8::1/64");
        links.addresses().add("left", four);
        links.addresses().add("left", four);
        links.addresses().add("left", six);

        assertThat(links.addresses().list("left")).contains(four, six);

        links.routes().replaceDefault(InetAddress.ofLiteral("192.0.2.254"), "left");
        links.routes().replaceOnLink(IpPrefix.parse("198.51.100.0/24"), InetAddress.ofLiteral("203.0.113.1"), "left");
        links.routes().replaceDirect(IpPrefix.parse("203.0.113.0/24"), "left");
        List<String> routes = namespace.call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/route")));
        // Destination and gateway as the kernel prints them: hex in the machine's byte order.
        assertThat(routes).anySatisfy(line -> assertThat(line).startsWith("left\t00000000\tFE0200C0"));
        assertThat(routes).anySatisfy(line -> assertThat(line).startsWith("left\t006433C6\t017100CB"));
        assertThat(routes).anySatisfy(line -> assertThat(line).startsWith("left\t007100CB\t00000000"));

        assertThat(links.routes().delete(IpPrefix.parse("0.0.0.0/0"), "left")).isTrue();
        assertThat(links.routes().delete(IpPrefix.parse("0.0.0.0/0"), "left")).isFalse();
        assertThat(links.addresses().delete("left", four)).isTrue();
        assertThat(links.addresses().delete("left", four)).isFalse();
        assertThat(links.addresses().list("left")).contains(six).doesNotContain(four);
    }

    @Test
    void knowsNeighboursWithoutAsking() throws Exception {
        links.createVeth("left", "right");
        links.setUp("left");
        InetAddress neighbour = InetAddress.ofLiteral("192.0.2.7");
        links.neighbours().replacePermanent(neighbour, MacAddress.parse("02:00:00:00:00:01"), "left");
        links.neighbours().replacePermanent(neighbour, MacAddress.parse("02:00:00:00:00:02"), "left");

        List<String> known = namespace.call(() -> Files.readAllLines(Path.of("/proc/thread-self/net/arp")));
        // Flags 0x6: complete and permanent (ATF_COM, ATF_PERM of if_arp.h).
        assertThat(known)
                .anySatisfy(line ->
                        assertThat(line).containsPattern("192\\.0\\.2\\.7 +0x1 +0x6 +02:00:00:00:00:02 .* left"));

        assertThat(links.neighbours().delete(neighbour, "left")).isTrue();
        assertThat(links.neighbours().delete(neighbour, "left")).isFalse();
    }

    @Test
    void tellsWhatWasAskedWhenTheKernelRefuses() {
        links.createVeth("left", "right");

        assertThatThrownBy(() -> links.setMtu("left", 1)).isInstanceOfSatisfying(NetlinkException.class, failure -> {
            assertThat(failure.errno()).isEqualTo(Errno.EINVAL);
            assertThat(failure.code()).isEqualTo("netlink.einval");
            assertThat(failure.request()).isEqualTo("set the MTU of left to 1");
            assertThat(failure.kernelText()).isEqualTo("mtu less than device minimum");
            assertThat(failure.sentence())
                    .isEqualTo("The kernel answered EINVAL (Invalid argument) when asked to set the MTU of left to"
                            + " 1, and said: \"mtu less than device minimum\".");
        });
        assertThatThrownBy(() -> links.setUp("absent"))
                .isInstanceOfSatisfying(
                        NetlinkException.class,
                        failure -> assertThat(failure.errno()).isEqualTo(Errno.ENODEV));
    }

    @Test
    void tellsThatADeviceWithoutVfsTakesNoVfAttributes() {
        links.createVeth("left", "right");

        assertThat(links.virtualFunctions("left")).isEmpty();
        assertThat(links.vfStatistics("left")).isEmpty();
        assertThatThrownBy(() -> links.setVf("left", 3, VfAttributes.none().withVlan(2401)))
                .isInstanceOfSatisfying(NetlinkException.class, failure -> {
                    assertThat(failure.errno()).isEqualTo(Errno.EOPNOTSUPP);
                    assertThat(failure.request()).isEqualTo("set VF 3 of left: vlan 2401");
                    assertThat(failure.fix()).contains("do not ask for it on this card");
                });
        assertThatThrownBy(() -> links.virtualFunctions("absent")).hasMessageContaining("absent");
    }

    @Test
    void putsVlansOnADevice() {
        links.createVeth("left", "right");
        skipWithout("802.1Q devices", () -> links.createVlan("left.2001", "left", 2001, VlanProtocol.DOT1Q));

        assertThat(links.find("left.2001").orElseThrow().kind()).isEqualTo(new LinkKind.Vlan(2001, VlanProtocol.DOT1Q));
    }

    @Test
    void filtersVlansOnABridge() {
        skipWithout("bridge VLAN filtering", () -> links.createBridge("bridge", true, Duration.ofMinutes(5)));
        links.createVeth("left", "right");
        links.setMaster("left", "bridge");
        links.bridgeVlans().delete("left", 1);
        links.bridgeVlans().add("left", BridgeVlan.access(2001));
        links.bridgeVlans().add("left", BridgeVlan.tagged(2002));
        links.bridgeVlans().addToBridge("bridge", BridgeVlan.tagged(2001));

        assertThat(links.bridgeVlans().list("left")).containsExactly(BridgeVlan.access(2001), BridgeVlan.tagged(2002));
        assertThat(links.bridgeVlans().list("bridge")).contains(BridgeVlan.tagged(2001));
        links.bridgeVlans().delete("left", 2002);
        assertThat(links.bridgeVlans().list("left")).containsExactly(BridgeVlan.access(2001));
    }

    @Test
    void makesDummies() {
        skipWithout("dummy devices", () -> links.createDummy("nothing"));
        assertThat(links.find("nothing").orElseThrow().kind()).isEqualTo(new LinkKind.Other("dummy"));
    }

    private static void skipWithout(String feature, Runnable use) {
        try {
            use.run();
        } catch (NetlinkException refusal) {
            if (refusal.errno() == Errno.EOPNOTSUPP || refusal.errno() == Errno.ENOPROTOOPT) {
                abort("This kernel has no " + feature + ": " + refusal.sentence());
            }
            throw refusal;
        }
    }
}
