package org.sluice.traffic.procedure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sluice.linux.net.MacAddress;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameSize;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.frame.Rate;

/** What may be planned, and how a plan departs from the RFC. */
class PlanTest {
    private static final List<FrameMix> ALL_SIZES =
            FrameSize.RFC_2544.stream().map(FrameMix::of).toList();

    private static TestPlan plan(Profile profile, Set<Procedure> procedures, List<FrameMix> mixes) {
        return TestPlan.of(profile, procedures, TestPlan.Search.BINARY, mixes);
    }

    @Test
    void theRfcProfileDoesNotDepart() {
        assertThat(plan(Profile.RFC, Procedure.ALL, ALL_SIZES).deviations()).isEmpty();
    }

    @Test
    void onlyWhatIsMeasuredCanDepart() {
        assertThat(plan(Profile.SHORT, EnumSet.of(Procedure.THROUGHPUT), ALL_SIZES)
                        .deviations())
                .containsExactly(
                        "Waits for late frames take 0.3 s instead of the 2 s of section 23.",
                        "Throughput and loss trials take 1 s instead of the 60 s of section 24.");
        assertThat(plan(Profile.SHORT, Procedure.ALL, ALL_SIZES).deviations())
                .contains(
                        "Latency is measured 4 times instead of the 20 times of section 26.2.",
                        "Recovery is measured once instead of several times, as section 26.5 asks.");
        assertThat(plan(Profile.RFC, Procedure.ALL, ALL_SIZES.subList(0, 6)).deviations())
                .containsExactly("Not all seven frame sizes of section 9.1 are measured.");
    }

    @Test
    void sizesOfTheRfcGrowToWhatHeadersNeed() throws Exception {
        FrameSpec six = FrameSpec.of(
                MacAddress.parse("02:00:00:00:00:01"),
                MacAddress.parse("02:00:00:00:00:02"),
                InetAddress.getByName("2001:2::1"),
                InetAddress.getByName("2001:2:0:1::1"));
        TestPlan plan = plan(Profile.RFC, Procedure.ALL, ALL_SIZES);

        assertThat(plan.orMinimum(six).mixes())
                .extracting(FrameMix::label)
                .containsExactly("84", "128", "256", "512", "1024", "1280", "1518");
        assertThat(plan.orMinimum(six).deviations()).isEmpty();
        assertThat(plan(Profile.RFC, Procedure.ALL, List.of(FrameMix.of(64), FrameMix.of(72)))
                        .orMinimum(six)
                        .mixes())
                .extracting(FrameMix::label)
                .containsExactly("84");
    }

    @Test
    void ratesThatCannotBeAreRefusedBeforeAnythingIsMeasured() {
        TestPlan plan = Plans.plan(
                TestPlan.Search.BINARY,
                EnumSet.of(Procedure.THROUGHPUT),
                Optional.of(new Rate.Frames(2_000_000)),
                Optional.empty());

        plan.requireRates(OptionalLong.empty());
        plan.requireRates(OptionalLong.of(10_000_000_000L));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan.requireRates(OptionalLong.of(1_000_000_000L)))
                .withMessageContaining("above the line rate")
                .withMessageContaining("1,488,095");
        TestPlan share = Plans.plan(
                TestPlan.Search.BINARY, EnumSet.of(Procedure.SOAK), Optional.empty(), Optional.of(new Rate.Share(0.5)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> share.requireRates(OptionalLong.empty()))
                .withMessageContaining("use pps or bit");
    }

    @Test
    void plansOfNothingAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> plan(Profile.SHORT, Set.of(), ALL_SIZES));
        assertThatIllegalArgumentException().isThrownBy(() -> plan(Profile.SHORT, Procedure.ALL, List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(Profile.SHORT, Set.of(Procedure.RESET), ALL_SIZES))
                .withMessageContaining("needs the command that resets the device");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        plan(Profile.SHORT, Procedure.ALL, List.of(FrameMix.of(64), FrameMix.of(128), FrameMix.of(64))))
                .withMessage("The frame size 64 is named twice: name each size once.");
    }

    @Test
    void proceduresSearchesAndProfilesAreReadByName() {
        assertThat(Procedure.parse("latency,back-to-back")).containsExactly(Procedure.LATENCY, Procedure.BACK_TO_BACK);
        assertThat(Procedure.parse("all,reset")).hasSize(6).contains(Procedure.RESET);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Procedure.parse("throughput,speed"))
                .withMessage(
                        "\"speed\" is no test: use throughput, latency, loss, back-to-back, recovery, reset, soak or"
                                + " all.");
        assertThatIllegalArgumentException().isThrownBy(() -> Procedure.parse(""));
        assertThat(TestPlan.Search.parse("mlr")).isEqualTo(TestPlan.Search.MLR);
        assertThatIllegalArgumentException().isThrownBy(() -> TestPlan.Search.parse("linear"));
        assertThat(Profile.parse("rfc")).isEqualTo(Profile.RFC);
        assertThatIllegalArgumentException().isThrownBy(() -> Profile.parse("long"));
    }

    @Test
    void trialsMayHaveAnotherLength() {
        Profile other = Profile.SHORT.withTrial(Duration.ofMillis(100));

        assertThat(other.trial()).isEqualTo(Duration.ofMillis(100));
        assertThat(other.latencyTrial()).isEqualTo(Profile.SHORT.latencyTrial());
        assertThatIllegalArgumentException().isThrownBy(() -> Profile.SHORT.withTrial(Duration.ZERO));
    }
}
