package org.sluice.traffic.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.XdpMode;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Measurement;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.engine.TestPath;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;

/**
 * Mode xdp from card to card, with a driver whose XDP programs run before there is a socket buffer and that resets the link when one
 * comes or goes: the lab's two PFs, whose cards hang on one wire.
 */
class XdpOnCardsTest {
    private static final PortName TRANSMIT = PortName.parse("pf0@sluice-card-tx");
    private static final PortName RECEIVE = PortName.parse("pf1@sluice-card-rx");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Load LOAD = new Load.Burst(500, 1_000);

    @BeforeEach
    void giveEachCardANamespace() throws InterruptedException {
        try (Links here = Links.open()) {
            assumeTrue(
                    here.find(TRANSMIT.device()).isPresent()
                            && here.find(RECEIVE.device()).isPresent(),
                    "This machine is no node of the lab, whose cards are pf0 and pf1.");
            for (PortName port : List.of(TRANSMIT, RECEIVE)) {
                try (NetworkNamespace namespace =
                                NetworkNamespace.create(port.namespace().orElseThrow());
                        Links there = Links.in(namespace)) {
                    here.moveTo(port.device(), namespace);
                    there.setUp(port.device());
                    assertThat(there.await(port.device(), Link::carrier, PATIENCE))
                            .isPresent();
                }
            }
        }
    }

    /** A namespace that goes gives its cards back to the first one. */
    @AfterEach
    void giveThemBack() throws InterruptedException {
        List<PortName> given = List.of(TRANSMIT, RECEIVE).stream()
                .filter(port ->
                        NetworkNamespace.names().contains(port.namespace().orElseThrow()))
                .toList();
        given.forEach(port -> NetworkNamespace.delete(port.namespace().orElseThrow()));
        try (Links here = Links.open()) {
            for (PortName port : given) {
                if (here.await(port.device(), _ -> true, PATIENCE).isPresent()) {
                    here.setUp(port.device());
                }
            }
        }
    }

    @Test
    void losesNothingAlthoughTheLinkIsResetAndLeavesTheCardsAsTheyWere() throws Exception {
        for (int time = 0; time < 2; time++) {
            try (TestPath path = open();
                    Measurement measurement = path.measure(FrameMix.of(64))) {
                assertThat(measurement.notes())
                        .hasSize(2)
                        .anySatisfy(note -> assertThat(note)
                                .matches("pf1@sluice-card-rx: (zero-copy|the kernel copies), native XDP program\\."))
                        .anySatisfy(note -> assertThat(note)
                                .matches("pf0@sluice-card-tx: (zero-copy, native XDP program|the kernel copies)\\."));

                StreamResult result = measurement.run(LOAD).streams().getFirst();

                assertThat(result.received()).isEqualTo(500);
                assertThat(result.duplicated() + result.reordered() + result.corrupted())
                        .isZero();
                assertThat(programOf(RECEIVE)).isEqualTo(XdpMode.DRIVER);
            }
            assertThat(programOf(TRANSMIT)).isEqualTo(XdpMode.NONE);
            assertThat(programOf(RECEIVE)).isEqualTo(XdpMode.NONE);
        }
    }

    private static TestPath open() throws InterruptedException {
        FrameSpec frames = FrameSpec.between(mac(TRANSMIT), mac(RECEIVE));
        return TestPath.open(
                List.of(new Stream(TRANSMIT, RECEIVE, frames, Stream.Device.BRIDGE)),
                Mode.XDP,
                LatenessBounds.DEFAULT,
                Duration.ofSeconds(1));
    }

    private static MacAddress mac(PortName port) {
        try (Links links = links(port)) {
            return links.require(port.device()).mac();
        }
    }

    private static XdpMode programOf(PortName port) {
        try (Links links = links(port)) {
            return links.xdpMode(port.device());
        }
    }

    private static Links links(PortName port) {
        return Links.in(port.namespace().orElseThrow());
    }
}
