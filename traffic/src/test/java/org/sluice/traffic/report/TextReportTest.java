package org.sluice.traffic.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.sluice.traffic.report.SizeResult.Throughput;

class TextReportTest {
    private final String four = TextReport.text(SampleReports.fourPatterns());

    @Test
    void beginsWithWhatWasRunAndHowFarItIsCompliant() {
        assertThat(four.lines().limit(5))
                .anySatisfy(line -> assertThat(line).startsWith("sluice traffic run four-patterns"))
                .anySatisfy(line -> assertThat(line).contains("2026-03-02 09:15:00 UTC, 90 min 23 s, Sluice 0.1.0"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("short profile: not RFC 2544 compliant: Trials of throughput last 5 s instead"));
        assertThat(TextReport.text(SampleReports.onePattern())).contains("rfc profile: RFC 2544 compliant.");
    }

    @Test
    void fitsATerminal() {
        assertThat(four.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
    }

    @Test
    void tellsMachinePortsSettingsAndFloor() {
        assertThat(four)
                .contains("machine: host compute-07; cpu Intel Xeon")
                .contains("- tx enp1s0f0: driver ice, firmware 9.40 0x8000e9c2, speed 10 Gbit/s")
                .contains("- enp1s0f0 receive ring: 512 to 4096: restored")
                .contains("- irqbalance: running, not changed: No permission to stop irqbalance")
                .containsPattern("before +21.5 ns +11.0 µs, 38.0 µs")
                .containsPattern("after +21.5 ns +11.0 µs, 38.0 µs");
    }

    @Test
    void putsTheFiguresOfASizeInOneLine() {
        SizeResult size = SampleReports.size("64", 64, 1_488_095, 12_300);

        assertThat(TextReport.text(SampleReports.onePattern(size)))
                .containsPattern("64 +14,880,952 +1,488,095 +762 +10.0 % +4, 0.90 % apart +90.0 % +3,720\n")
                .containsPattern("64 +1,488,095 +20,000 .*12.3 µs +20.9 µs +49.2 µs +135 µs");
    }

    @Test
    void saysTesterLimitedNextToTheFigureAndWhy() {
        assertThat(four)
                .containsPattern("64 +14,880,952 +9,730,311 +4,982 +65.4 % +tester-limited")
                .contains("- 64: tester-limited, the device may do more. The sender reached 9,800,000");
    }

    @Test
    void tellsDoubtsRecoveryResetAndSoak() {
        assertThat(four)
                .contains("1 of 2 trials doubted: frames left too late (1), the receiver's own buffer overflowed (1).")
                .contains("512: recovered 3.40 ms after an overload of 1,250,000 fps, followed by 625,000 fps.")
                .contains("forwarded nothing for 210 ms when the namespace's interfaces went down and up.")
                .contains("512: soaked for 10 min: lost 339 of 60,000,000 frames (0.00057 %).");
    }

    @Test
    void marksEmulationAndWhatWasLeftOut() {
        assertThat(four)
                .contains("Emulated: a device of this path is software")
                .contains("left out\n  - Ten VMs with a VF each");
    }

    @Test
    void anInterruptedRunSaysSoAtBothEnds() {
        String text = TextReport.text(SampleReports.interruptedAtOnce());

        assertThat(text).containsOnlyOnce("Nothing was measured.");
        assertThat(text).contains("rfc profile: not RFC 2544 compliant: The run was stopped before its end.");
        assertThat(text.split("Incomplete: the run was stopped", -1)).hasSize(3);
    }

    @Test
    void leavesOutColumnsThatNobodyKnows() {
        SizeResult mix = SampleReports.bare(
                "IMIX",
                OptionalDouble.empty(),
                Optional.of(new Throughput(250_000, 1e9, 500, List.of(250_000.0))),
                List.of());
        String text = TextReport.text(SampleReports.onePattern(mix));

        assertThat(text)
                .containsPattern("IMIX +250,000 +1,000 +1\n")
                .doesNotContain("line rate")
                .doesNotContain("of line");
    }

    @Test
    void aLossBelowTheLineRateNamesItsLoad() {
        SizeResult size = SampleReports.size("64", 64, 1_000_000, 9_000);
        SizeResult cut = new SizeResult(
                size.frames(),
                size.meanBytes(),
                size.lineRate(),
                size.throughput(),
                List.of(),
                Optional.empty(),
                size.lossCurve().subList(2, 5),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                List.of());

        assertThat(TextReport.text(SampleReports.onePattern(cut))).contains("91.6 % at 80.0 %");
    }

    @Test
    void namesFromTheMachineDoNotSteerTheTerminal() {
        SizeResult size = SampleReports.bare(
                "64", OptionalDouble.empty(), Optional.empty(), List.of("A \u001b[31mred\u001b[0m card."));

        assertThat(TextReport.text(SampleReports.onePattern(size)))
                .contains("A ?[31mred?[0m card.")
                .doesNotContain("\u001b");
    }
}
