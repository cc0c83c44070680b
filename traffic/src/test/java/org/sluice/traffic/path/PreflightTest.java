package org.sluice.traffic.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sluice.linux.LinuxException;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.VlanTag;

/** What is found out before anything is measured, over real interfaces in namespaces. */
class PreflightTest {
    private static final List<FrameMix> SMALL = List.of(FrameMix.of(64));
    private static final VlanTag TAG = new VlanTag(VlanProtocol.DOT1Q, 7, 0);
    private static final VlanTag OUTER = new VlanTag(VlanProtocol.DOT1AD, 8, 0);

    private Network network;

    @BeforeEach
    void join() {
        network = new Network();
    }

    @AfterEach
    void leave() {
        if (network != null) {
            network.close();
        }
    }

    private void check(Network.Request request, List<FrameMix> mixes) throws InterruptedException {
        Preflight.check(PathResolver.streams(network.of(request)), mixes, Mode.MMSG);
    }

    private void refused(Network.Request request, List<FrameMix> mixes, String code, String sentence, String fix) {
        assertThatThrownBy(() -> check(request, mixes)).isInstanceOfSatisfying(LinuxException.class, refusal -> {
            assertThat(refusal.code()).as("%s", refusal).isEqualTo(code);
            assertThat(refusal.sentence()).matches(sentence);
            assertThat(refusal.fix()).matches(fix);
        });
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aBridgeBothWaysIsFine(Mode mode) throws Exception {
        network.bridge();

        Preflight.check(PathResolver.streams(network.of(network.request().bothWays())), SMALL, mode);
    }

    @Test
    void interfacesThatAreMissingAreNamed() {
        PortName missing = new PortName("nix", network.tx.namespace());
        PortName nowhere = new PortName("tx", Optional.of("sluice-nowhere"));

        assertThatThrownBy(() -> PathResolver.streams(network.request().over(List.of(missing), List.of(network.rx))))
                .isInstanceOf(LinuxException.class)
                .hasMessage("There is no network device " + missing + ".");
        assertThatThrownBy(() -> PathResolver.streams(network.request().over(List.of(network.tx), List.of(nowhere))))
                .isInstanceOf(LinuxException.class)
                .hasMessage("There is no network namespace sluice-nowhere.");
    }

    @Test
    void anInterfaceThatIsDownIsNamed() {
        try (Links links = network.inNear()) {
            links.setDown("tx");
        }

        refused(
                network.request(),
                SMALL,
                "link.down",
                "The network device " + network.tx + " is down\\.",
                "Set it up first \\(ip link set dev tx up\\)\\.");
    }

    @Test
    void anInterfaceWithoutCarrierIsNamed() {
        try (Links links = network.inDevice()) {
            links.setDown("out");
        }

        refused(
                network.request(),
                SMALL,
                "link.no-carrier",
                "The network device " + network.rx + " has no carrier\\.",
                ".*the other end.*");
    }

    @Test
    void anMtuThatIsTooSmallIsNamedWithTheOneToSet() throws Exception {
        network.bridge();
        List<FrameMix> mixes = List.of(FrameMix.of(64), FrameMix.of(1500));
        setMtu(1481);

        refused(
                network.request(),
                mixes,
                "link.mtu",
                "Frames of 1500 bytes do not fit through " + network.tx + ", whose MTU is 1481\\.",
                "Set an MTU of 1482 or more \\(ip link set dev tx mtu 1482\\), or leave the longer frames out \\(--sizes\\)\\.");
        setMtu(1482);
        check(network.request(), mixes);
        checkLargest(network.request(), 1500);
    }

    @Test
    void oneTagIsNotCountedToTheMtu() throws Exception {
        network.bridge();
        setMtu(1477);
        refused(network.request().tagged(TAG), List.of(FrameMix.of(1500)), "link.mtu", ".*", ".*mtu 1478.*");

        setMtu(1478);
        checkLargest(network.request().tagged(TAG), 1500);
    }

    @Test
    void twoTagsAreCountedToTheMtu() throws Exception {
        network.bridge();
        setMtu(1481);
        refused(network.request().tagged(OUTER, TAG), List.of(FrameMix.of(1500)), "link.mtu", ".*", ".*mtu 1482.*");

        setMtu(1482);
        checkLargest(network.request().tagged(OUTER, TAG), 1500);
    }

    private void setMtu(int mtu) {
        try (Links links = network.inNear()) {
            links.setMtu("tx", mtu);
        }
    }

    /** The MTU that is asked for is enough: the first size is the one that is sent. */
    private void checkLargest(Network.Request request, int size) throws InterruptedException {
        check(request, List.of(FrameMix.of(size)));
    }

    @Test
    void framesTooSmallForTheirHeadersAreRefusedWithTheMinimum() {
        refused(
                network.request().between("2001:2::1", "2001:2:0:1::1"),
                SMALL,
                "path.frame-size",
                "Frames of 64 bytes have no room for these headers and the tester's signature\\.",
                "Use frames of 84 bytes or more\\.");
        refused(network.request().tagged(TAG), SMALL, "path.frame-size", ".*", "Use frames of 68 bytes or more\\.");
    }

    @Test
    void aPathThatCarriesNothingIsDead() {
        refused(
                network.request(),
                SMALL,
                "path.dead",
                "None of 20 frames arrived: " + network.tx + " > " + network.rx + "\\.",
                ".*--gateway.*");
    }

    @Test
    void aPathThatCarriesOneWayOnlyIsDead() {
        network.bridge();
        network.router("198.18.0.254/24", "198.19.0.254/24");

        // A return gateway that is not there.
        assertThatThrownBy(() -> check(
                        network.request().bothWays().through("198.18.0.254").backThrough("198.19.0.9"), SMALL))
                .isInstanceOf(LinuxException.class)
                .hasMessageContaining("The gateway 198.19.0.9 does not answer on " + network.rx);
    }

    @Test
    void aPathThatLoopsIsRefusedBeforeItIsLoaded() {
        network.loop();

        refused(network.request(), SMALL, "path.loop", "The path loops: .*", "Take the loop out; .*");
    }

    @Test
    void framesThatComeBackToTheirSenderAreALoop() {
        network.bridge();
        network.mirror();

        refused(
                network.request(),
                SMALL,
                "path.loop",
                "The path loops: after 20 frames of each stream, \\d+ came back to " + network.tx
                        + ", which had sent them\\.",
                "Take the loop out; .*");
    }

    @Test
    void aRouterAnswersForItsAddress() throws Exception {
        network.router("198.18.0.254/24", "198.19.0.254/24");

        check(network.request().through("198.18.0.254"), SMALL);
        check(network.request().bothWays().through("198.18.0.254").backThrough("198.19.0.254"), SMALL);
    }

    @Test
    void aRouterOfIpv6Too() throws Exception {
        network.router("2001:2::254/64", "2001:2:0:1::254/64");
        Network.Request request =
                network.request().between("2001:2::1", "2001:2:0:1::1").through("2001:2::254");

        check(request, List.of(FrameMix.of(84)));
        check(request.bothWays().backThrough("2001:2:0:1::254"), List.of(FrameMix.of(84)));
    }

    @Test
    void aRouterThatWasNotNamedMakesThePathDead() {
        network.router("198.18.0.254/24", "198.19.0.254/24");

        refused(network.request(), SMALL, "path.dead", "None of 20 frames arrived.*", ".*name it \\(--gateway\\)\\.");
    }

    @Test
    void aGatewayThatIsSilentIsNamed() {
        refused(
                network.request().through("198.18.0.254"),
                SMALL,
                "path.gateway-silent",
                "The gateway 198\\.18\\.0\\.254 does not answer on " + network.tx + "\\.",
                ".*--dst-mac.*");
    }

    @Test
    void severalPairsHaveAddressesThatCountUp() throws Exception {
        network.bridge();
        try (Network second = new Network()) {
            second.bridge();
            List<Stream> streams = PathResolver.streams(
                    network.request().bothWays().over(List.of(network.tx, second.tx), List.of(network.rx, second.rx)));

            assertThat(streams)
                    .extracting(Stream::toString)
                    .containsExactly(
                            network.tx + " > " + network.rx,
                            network.rx + " > " + network.tx,
                            second.tx + " > " + second.rx,
                            second.rx + " > " + second.tx);
            assertThat(IntStream.of(0, 2)
                            .mapToObj(number ->
                                    streams.get(number).frames().source().getHostAddress()))
                    .containsExactly("198.18.0.1", "198.18.0.2");
            assertThat(streams.get(3).frames().source().getHostAddress()).isEqualTo("198.19.0.2");
            Preflight.check(streams, SMALL, Mode.MMSG);
        }
    }
}
