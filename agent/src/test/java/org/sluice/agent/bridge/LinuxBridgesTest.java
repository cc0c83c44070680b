package org.sluice.agent.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.host.Bridges.Segment;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.agent.journal.Ownership;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.LinkKind;
import org.sluice.linux.net.Links;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;

/** In a namespace of the test's own. */
class LinuxBridgesTest {
    private final Segment untagged = new Segment(NetworkId.random(), "up0", 0, 1450);
    private final PortId port = PortId.random();
    private NetworkNamespace namespace;
    private Links links;
    private LinuxBridges bridges;

    @TempDir
    Path directory;

    @BeforeEach
    void makeHost() {
        assumeTrue("root".equals(System.getProperty("user.name")), "making network namespaces needs root");
        namespace = NetworkNamespace.createNameless();
        links = Links.in(namespace);
        links.createVeth("up0", "wire0");
        bridges = bridges("made");
    }

    @AfterEach
    void takeHostAway() {
        if (links != null) {
            links.close();
            namespace.close();
        }
    }

    /** With books of their own, as those of an agent whose directory was lost. */
    private LinuxBridges bridges(String books) {
        return new LinuxBridges(links, new Ownership(new DurableDirectory(directory.resolve(books)), "boot-1"));
    }

    private void bridgeOfTheOperators(String name) {
        links.createBridge(name, false, Duration.ofMinutes(5));
    }

    private Link link(String name) {
        return links.find(name).orElseThrow();
    }

    @Test
    void bridgesATapToTheUplinkAtTheNetworksMtuHoweverOftenItIsAsked() {
        for (int time = 0; time < 2; time++) {
            String bridge = bridges.ensure(untagged);
            String tap = bridges.ensureTap(untagged, port);

            assertThat(link(bridge).kind()).isInstanceOf(LinkKind.Bridge.class);
            assertThat(link(bridge).up()).isTrue();
            assertThat(link(tap).mtu()).isEqualTo(1450);
            assertThat(link(tap).up()).isTrue();
            assertThat(link("up0").masterIndex()).isEqualTo(link(bridge).index());
            assertThat(bridges.bridgeOf(port)).contains(bridge);
        }
    }

    @Test
    void keepsABridgeThatHasAnotherPort() {
        bridges.ensure(untagged);
        bridges.ensureTap(untagged, port);

        assertThat(bridges.removeIfUnused(untagged.network())).isFalse();

        bridges.removeTap(port);
        bridges.removeTap(port);

        assertThat(bridges.removeIfUnused(untagged.network())).isTrue();
        assertThat(bridges.removeIfUnused(untagged.network())).isTrue();
        assertThat(links.find(untagged.bridgeName())).isEmpty();
        assertThat(links.find("up0")).as("the host's own device stays").isPresent();
        assertThat(bridges.bridgeOf(port)).isEmpty();
    }

    @Test
    void usesABridgeThatWasThereBeforeAndLeavesIt() {
        bridgeOfTheOperators(untagged.bridgeName());

        bridges.ensure(untagged);
        bridges.ensureTap(untagged, port);
        bridges.removeTap(port);

        assertThat(bridges.removeIfUnused(untagged.network())).isTrue();
        assertThat(links.find(untagged.bridgeName())).isPresent();
        assertThat(link("up0").master()).as("it was not in there before").isEmpty();
        assertThat(bridges.made()).isEmpty();
    }

    @Test
    void leavesADeviceThatLooksLikeATapOfOurs() {
        bridges.ensure(untagged);
        links.taps().create(Segment.tapName(port));

        bridges.ensureTap(untagged, port);
        bridges.removeTap(port);

        assertThat(links.find(Segment.tapName(port))).isPresent();
        assertThat(bridges.removeIfUnused(untagged.network()))
                .as("with a port of somebody else's")
                .isFalse();
    }

    @Test
    void takesNoNicFromABridgeOfTheOperators() {
        bridgeOfTheOperators("br-mgmt");
        links.setMaster("up0", "br-mgmt");

        assertThatThrownBy(() -> bridges.ensure(untagged))
                .isInstanceOf(KernelException.Refused.class)
                .hasMessage("The device up0 is in br-mgmt, which is not Sluice's.");
        assertThat(link("up0").masterIndex()).isEqualTo(link("br-mgmt").index());
        assertThat(bridges.removeIfUnused(untagged.network())).isTrue();
        assertThat(links.find(untagged.bridgeName())).isEmpty();
        assertThat(link("up0").masterIndex()).isEqualTo(link("br-mgmt").index());
    }

    @Test
    void takesNoNicByWhoseAddressTheHostIsReached() {
        links.addresses().add("up0", IpPrefix.parse("192.0.2.7/24"));

        assertThatThrownBy(() -> bridges.ensure(untagged))
                .isInstanceOf(KernelException.Refused.class)
                .hasMessageContaining("up0 has the host's address 192.0.2.7/24");
        assertThat(link("up0").master()).isEmpty();
    }

    @Test
    void keepsWhatItMadeAcrossAgentsAndForgetsItWithTheHostsBoot() {
        bridges.ensure(untagged);
        bridges.ensureTap(untagged, port);

        assertThat(bridges("made").made()).containsExactly(entry(untagged.network(), Set.of(port)));
        assertThat(new LinuxBridges(links, new Ownership(new DurableDirectory(directory.resolve("made")), "boot-2"))
                        .made())
                .isEmpty();
    }

    @Test
    void takesOverUnderItsNamesWhatNoBooksSpeakOf() {
        bridges.ensure(untagged);
        bridges.ensureTap(untagged, port);
        LinuxBridges withoutBooks = bridges("other");
        withoutBooks.removeTap(port);
        assertThat(links.find(Segment.tapName(port))).isPresent();

        withoutBooks.adopt(untagged, port);
        withoutBooks.removeTap(port);

        assertThat(withoutBooks.removeIfUnused(untagged.network())).isTrue();
        assertThat(links.find(Segment.tapName(port))).isEmpty();
        assertThat(links.find(untagged.bridgeName())).isEmpty();
        assertThat(links.find("up0")).isPresent();
    }

    @Test
    void tagsWithAVlanDeviceThatGoesWithTheBridge() {
        Segment tagged = new Segment(NetworkId.random(), "up0", 2001, 1500);
        try {
            bridges.ensure(tagged);
        } catch (KernelException refusal) {
            assumeTrue(!refusal.errno().equals(Optional.of("EOPNOTSUPP")), "this kernel has no 802.1Q devices");
            throw refusal;
        }
        assertThat(link("up0.2001").masterIndex())
                .isEqualTo(link(tagged.bridgeName()).index());

        bridges.removeIfUnused(tagged.network());

        assertThat(links.find("up0.2001")).isEmpty();
    }

    @Test
    void refusesADeviceThatOnlyHasTheRightName() {
        links.createVeth("up0.2001", "x0");
        Segment tagged = new Segment(NetworkId.random(), "up0", 2001, 1500);

        assertThatThrownBy(() -> bridges.ensure(tagged))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("up0.2001 exists and is not VLAN 2001 of up0");
    }

    @Test
    void namesTheUplinkThatIsMissing() {
        Segment nowhere = new Segment(NetworkId.random(), "no-such-nic", 0, 1500);

        assertThatThrownBy(() -> bridges.ensure(nowhere))
                .isInstanceOf(KernelException.class)
                .hasMessage("This host has no network device no-such-nic.");
        assertThat(links.find(nowhere.bridgeName())).isEmpty();
    }

    @Test
    void seesAndMendsWhatSomebodyHasTakenApart() {
        bridges.ensure(untagged);
        bridges.ensureTap(untagged, port);
        assertThat(bridges.deviation(untagged)).isEmpty();

        links.clearMaster("up0");
        links.clearMaster(Segment.tapName(port));
        assertThat(bridges.deviation(untagged))
                .contains("The uplink up0 is not in the bridge " + untagged.bridgeName() + ".");
        bridges.ensure(untagged);
        assertThat(bridges.restoreTap(untagged, port)).isTrue();
        assertThat(bridges.deviation(untagged)).isEmpty();
        assertThat(bridges.bridgeOf(port)).contains(untagged.bridgeName());

        links.setIsolated("up0", false);
        assertThat(bridges.deviation(untagged))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("is not isolated"));
        assertThat(bridges.restoreTap(untagged, PortId.random()))
                .as("a tap that is gone")
                .isFalse();
    }

    @Test
    void leavesATapThatSomebodyPutIntoAnotherBridge() {
        bridges.ensure(untagged);
        bridges.ensureTap(untagged, port);
        bridgeOfTheOperators("br-mgmt");
        links.setMaster(Segment.tapName(port), "br-mgmt");

        assertThatThrownBy(() -> bridges.restoreTap(untagged, port))
                .isInstanceOf(KernelException.Refused.class)
                .hasMessageContaining("is in br-mgmt");
    }
}
