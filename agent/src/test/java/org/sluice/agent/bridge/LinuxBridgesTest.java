package org.sluice.agent.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.agent.host.Bridges.Segment;
import org.sluice.agent.host.KernelException;
import org.sluice.linux.namespace.NetworkNamespace;
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

    @BeforeEach
    void makeHost() {
        assumeTrue("root".equals(System.getProperty("user.name")), "making network namespaces needs root");
        namespace = NetworkNamespace.createNameless();
        links = Links.in(namespace);
        links.createVeth("up0", "wire0");
        bridges = new LinuxBridges(links);
    }

    @AfterEach
    void takeHostAway() {
        if (links != null) {
            links.close();
            namespace.close();
        }
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

        assertThat(bridges.removeIfUnused(untagged)).isFalse();

        bridges.removeTap(port);
        bridges.removeTap(port);

        assertThat(bridges.removeIfUnused(untagged)).isTrue();
        assertThat(bridges.removeIfUnused(untagged)).isTrue();
        assertThat(links.find(untagged.bridgeName())).isEmpty();
        assertThat(links.find("up0")).as("the host's own device stays").isPresent();
        assertThat(bridges.bridgeOf(port)).isEmpty();
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

        bridges.removeIfUnused(tagged);

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
}
