package org.sluice.agent.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.model.protocol.DriverRefusal;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.simulator.SimulatedCard;
import org.sluice.simulator.SimulatedHost;

class CapabilitiesTest {
    @TempDir
    Path directory;

    private SimulatedHost host;
    private VirtualFunctions functions;
    private PhysicalFunctionKey first;
    private PhysicalFunctionKey second;
    private Instant now = Instant.parse("2026-03-01T00:00:00Z");

    @BeforeEach
    void prepare() {
        host = new SimulatedHost("node-0", directory, List.of(SimulatedCard.INTEL_82576, SimulatedCard.INTEL_82576));
        functions = host.connect().virtualFunctions();
        first = host.cards().get(0).key();
        second = host.cards().get(1).key();
    }

    @Test
    void whatOneCardRefusesItsTwinIsNotAskedEvenAfterAStart() {
        start("6.12").learnRefusal(first, Attribute.LINK_STATE, refusal());
        Capabilities later = start("6.12");
        assertThat(later.refusedBy(second)).containsExactly(Attribute.LINK_STATE);
        assertThat(later.isRefused(second, Attribute.LINK_STATE)).isTrue();
        assertThat(later.isRefused(second, Attribute.TRUST)).isFalse();
    }

    @Test
    void anotherKernelOrOtherFirmwareIsAskedAgain() {
        Capabilities capabilities = start("6.12");
        capabilities.learnRefusal(first, Attribute.LINK_STATE, refusal());
        assertThat(start("6.18").refusedBy(first)).isEmpty();
        host.flash(first, "2.0 (MT_0000000012)");
        assertThat(capabilities.refusedBy(first)).isEmpty();
        assertThat(capabilities.refusedBy(second)).containsExactly(Attribute.LINK_STATE);
        // Each firmware has a file of its own.
        capabilities.learnRefusal(first, Attribute.TRUST, refusal());
        Capabilities later = start("6.12");
        assertThat(later.refusedBy(first)).containsExactly(Attribute.TRUST);
        assertThat(later.refusedBy(second)).containsExactly(Attribute.LINK_STATE);
    }

    @Test
    void aRefusalCountsForThirtyDaysAndIsLearnedAnewThen() {
        Capabilities capabilities = start("6.12");
        capabilities.learnRefusal(first, Attribute.LINK_STATE, refusal());
        now = now.plus(Duration.ofDays(30)).minusSeconds(1);
        assertThat(capabilities.isRefused(first, Attribute.LINK_STATE)).isTrue();
        now = now.plusSeconds(1);
        assertThat(capabilities.isRefused(first, Attribute.LINK_STATE)).isFalse();
        assertThat(capabilities.refusedBy(first)).isEmpty();
        assertThat(start("6.12").refusedBy(first)).isEmpty();
        capabilities.learnRefusal(first, Attribute.LINK_STATE, refusal());
        assertThat(start("6.12").refusedBy(first)).containsExactly(Attribute.LINK_STATE);
    }

    @Test
    void nothingIsLearnedOfACardInSwitchdev() {
        Capabilities capabilities = start("6.12");
        host.switchdev(first);
        capabilities.learnRefusal(first, Attribute.VLAN, refusal());
        assertThat(capabilities.refusedBy(first)).isEmpty();
        assertThat(capabilities.refusedBy(second)).isEmpty();
    }

    @Test
    void whatAnEarlierVersionWroteOfWholeModelsIsPassedOver() throws IOException {
        Files.createDirectories(directory.resolve("capabilities"));
        Files.writeString(directory.resolve("capabilities/8086-10c9-igb.json"), """
                {"model":{"vendorId":"8086","deviceId":"10c9","driver":"igb"},"kernelRelease":"6.12",\
                "refused":{"LINK_STATE":"EOPNOTSUPP","MIN_TX_RATE":"EINVAL"}}""");
        Capabilities capabilities = start("6.12");
        assertThat(capabilities.refusedBy(first)).isEmpty();
        capabilities.learnRefusal(first, Attribute.LINK_STATE, refusal());
        assertThat(start("6.12").refusedBy(second)).containsExactly(Attribute.LINK_STATE);
    }

    @Test
    void whatWasRefusedIsShownWithItsAgeUntilItsTimeIsOver() {
        Capabilities capabilities = start("6.12");
        capabilities.learnRefusal(first, Attribute.LINK_STATE, refusal());
        now = now.plus(Duration.ofDays(1));
        assertThat(capabilities.refusals()).singleElement().satisfies(shown -> {
            assertThat(shown.driver()).isEqualTo("igb");
            assertThat(shown.deviceId()).isEqualTo("10c9");
            assertThat(shown.attribute()).isEqualTo("state");
            assertThat(shown.errno()).isEqualTo("EOPNOTSUPP");
            assertThat(shown.ageSeconds()).isEqualTo(86_400);
            assertThat(shown.forgottenInSeconds())
                    .isEqualTo(Capabilities.GOOD_FOR.minusDays(1).toSeconds());
        });
        now = now.plus(Capabilities.GOOD_FOR);
        assertThat(capabilities.refusals()).isEmpty();
    }

    @Test
    void whatIsForgottenIsAskedAgainAlsoAfterAStart() {
        Capabilities capabilities = start("6.12");
        capabilities.learnRefusal(first, Attribute.LINK_STATE, refusal());
        assertThat(capabilities.forget(Optional.of("none"))).isEmpty();
        assertThat(capabilities.isRefused(first, Attribute.LINK_STATE)).isTrue();

        String key = capabilities.refusals().getFirst().key();
        host.flash(first, "2.0 (MT_0000000012)");
        capabilities.learnRefusal(first, Attribute.TRUST, refusal());
        assertThat(capabilities.forget(Optional.of(key)))
                .extracting(DriverRefusal::attribute)
                .containsExactly("state");
        assertThat(capabilities.isRefused(second, Attribute.LINK_STATE)).isFalse();
        assertThat(capabilities.isRefused(first, Attribute.TRUST)).isTrue();
        assertThat(start("6.12").refusedBy(second)).isEmpty();

        assertThat(capabilities.forget(Optional.empty())).hasSize(1);
        assertThat(start("6.12").refusals()).isEmpty();
    }

    private static KernelException.Refused refusal() {
        return (KernelException.Refused)
                KernelException.answered("EOPNOTSUPP", "The driver does not know it.", Optional.empty(), null);
    }

    private Capabilities start(String kernelRelease) {
        return new Capabilities(
                new DurableDirectory(directory.resolve("capabilities")), kernelRelease, functions, () -> now);
    }
}
