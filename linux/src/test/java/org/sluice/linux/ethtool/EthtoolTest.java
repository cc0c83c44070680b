package org.sluice.linux.ethtool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;

/** The verbs against this machine's kernel, in a network namespace that goes away with the test. */
class EthtoolTest {
    private NetworkNamespace namespace;
    private Links links;
    private Ethtool ethtool;

    @BeforeEach
    void enterThrowAwayNamespace() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        namespace = NetworkNamespace.createNameless();
        links = Links.in(namespace);
        links.createVeth("left", "right");
        ethtool = Ethtool.in(namespace);
    }

    @AfterEach
    void leave() {
        if (ethtool != null) {
            ethtool.close();
            links.close();
            namespace.close();
        }
    }

    @Test
    void readsDriverAndSpeed() {
        DriverInfo driver = ethtool.driver("left").orElseThrow();
        assertThat(driver.driver()).isEqualTo("veth");
        assertThat(driver.version()).isNotEmpty();
        assertThat(ethtool.linkSpeed("left")).contains(new LinkSpeed(OptionalInt.of(10_000), Optional.of(Duplex.FULL)));
        assertThat(ethtool.linkSpeed("lo")).as("the loopback device has none").isEmpty();
    }

    @Test
    void switchesFeaturesAndReadsThemBack() {
        boolean before = ethtool.feature("left", "rx-gro").orElseThrow().active();

        ethtool.setFeatures("left", Map.of("rx-gro", !before, "tx-checksum-sctp", false));

        assertThat(ethtool.feature("left", "rx-gro")).contains(new Feature("rx-gro", !before, !before, true));
        assertThat(ethtool.feature("left", "tx-checksum-sctp"))
                .contains(new Feature("tx-checksum-sctp", false, false, true));
        assertThat(ethtool.feature("right", "rx-gro").orElseThrow().active())
                .as("the other end is another device")
                .isEqualTo(before);
    }

    @Test
    void everyOffloadNamesFeaturesOfThisKernel() {
        for (Offload offload : Offload.values()) {
            for (String feature : offload.features()) {
                assertThat(ethtool.feature("left", feature)).as(feature).isPresent();
            }
        }
    }

    @Test
    void aFeatureWhoseNeedIsOffIsWishedForAndNotActive() {
        ethtool.setFeatures("left", Map.of("tx-scatter-gather", false));

        assertThat(ethtool.feature("left", "tx-generic-segmentation"))
                .contains(new Feature("tx-generic-segmentation", false, true, true));
    }

    @Test
    void doesNotPretendToSwitchWhatIsFixed() {
        assertThatThrownBy(() -> ethtool.setFeatures("left", Map.of("rx-lro", true)))
                .isInstanceOfSatisfying(LinuxException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo("ethtool.unsupported");
                    assertThat(refusal.sentence())
                            .isEqualTo("The driver of left does not let anyone switch rx-lro of left on.");
                });
        ethtool.setFeatures("left", Map.of("rx-lro", false));
        assertThatThrownBy(() -> ethtool.setFeatures("left", Map.of("no-such-feature", true)))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo("ethtool.no-such-feature"));
    }

    @Test
    void tellsWhatADriverDoesNotHave() {
        assertThat(ethtool.rings("left")).isEmpty();
        assertThat(ethtool.coalescing("left")).isEmpty();
        assertThatThrownBy(() -> ethtool.setRings("left", 256, 256))
                .isInstanceOfSatisfying(LinuxException.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo("ethtool.unsupported");
                    assertThat(refusal.sentence()).contains("set the rings of left to 256 and 256");
                });
        assertThatThrownBy(() -> ethtool.setCoalescing("left", new Coalescing(1, 0, 0, 0, false, false)))
                .hasMessageContaining("interrupt coalescing of left");
    }

    @Test
    void setsTheCoalescingOfADeviceThatHasIt() {
        assumeTrue(Files.exists(Path.of("/dev/net/tun")), "This kernel has no tun device.");
        links.taps().create("tap0");
        assertThat(ethtool.coalescing("tap0")).contains(new Coalescing(0, 0, 0, 0, false, false));

        Coalescing seven = new Coalescing(0, 7, 0, 0, false, false);
        ethtool.setCoalescing("tap0", seven);

        assertThat(ethtool.coalescing("tap0")).contains(seven);
        assertThatThrownBy(() -> ethtool.setCoalescing("tap0", new Coalescing(20, 7, 0, 0, false, false)))
                .as("a tap counts frames and no time")
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo("ethtool.unsupported"));
    }

    @Test
    void tellsThatADeviceIsNotThere() {
        assertThatThrownBy(() -> ethtool.driver("absent")).isInstanceOfSatisfying(LinuxException.class, missing -> {
            assertThat(missing.code()).isEqualTo("link.missing");
            assertThat(missing.sentence()).contains("absent");
        });
        assertThatThrownBy(() -> ethtool.rings("a-name-too-long-for-it")).hasMessageContaining("1 to 15");
    }
}
