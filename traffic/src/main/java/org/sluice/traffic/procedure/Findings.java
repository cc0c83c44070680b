package org.sluice.traffic.procedure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.report.SizeResult;
import org.sluice.traffic.report.SizeResult.BackToBack;
import org.sluice.traffic.report.SizeResult.Goal;
import org.sluice.traffic.report.SizeResult.LatencyResult;
import org.sluice.traffic.report.SizeResult.LossPoint;
import org.sluice.traffic.report.SizeResult.Recovery;
import org.sluice.traffic.report.SizeResult.Reset;
import org.sluice.traffic.report.SizeResult.SoakInterval;
import org.sluice.traffic.report.SizeResult.Throughput;
import org.sluice.traffic.report.SizeResult.TrialRow;

/**
 * What the procedures have found with one frame size or mix. Each writes down what it knows as soon as it knows it, so that an
 * interruption loses nothing. For one thread.
 */
final class Findings {
    private final FrameMix mix;
    private final OptionalDouble lineRate;
    private final List<Goal> goals = new ArrayList<>();
    private final List<LossPoint> lossCurve = new ArrayList<>();
    private final List<SoakInterval> soak = new ArrayList<>();
    private final List<String> testerLimited = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private @Nullable Throughput throughput;
    private @Nullable LatencyResult latency;
    private @Nullable BackToBack backToBack;
    private @Nullable Recovery recovery;
    private @Nullable Reset reset;

    Findings(FrameMix mix, OptionalDouble lineRate) {
        this.mix = mix;
        this.lineRate = lineRate;
    }

    void throughput(Throughput found) {
        throughput = found;
    }

    /** The throughput in frames a second, 0 while there is none. */
    double rate() {
        return throughput == null ? 0 : throughput.framesPerSecond();
    }

    void goals(List<Goal> found) {
        goals.clear();
        goals.addAll(found);
    }

    void latency(LatencyResult found) {
        latency = found;
    }

    /** A point of the loss curve; it takes the place of an earlier one at the same load. */
    void lossPoint(LossPoint found) {
        lossCurve.removeIf(point -> point.framesPerSecond() == found.framesPerSecond());
        lossCurve.add(found);
    }

    void backToBack(BackToBack found) {
        backToBack = found;
    }

    void recovery(Recovery found) {
        recovery = found;
    }

    void reset(Reset found) {
        reset = found;
    }

    void soakInterval(SoakInterval found) {
        soak.add(found);
    }

    /** Says why a figure is the tester's rather than the device's. */
    void testerLimited(String sentence) {
        testerLimited.add(sentence);
    }

    /** Says what could not be measured, or what to know about a figure. The sentence begins after "With frames of 64 bytes ". */
    void note(String sentence) {
        notes.add("With frames of " + mix.label() + " bytes " + sentence);
    }

    /** A number of frames in a sentence. */
    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** A rate in a sentence. */
    static String number(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    List<String> notes() {
        return List.copyOf(notes);
    }

    boolean isTesterLimited() {
        return !testerLimited.isEmpty();
    }

    /** For the report, at any time. */
    SizeResult result(List<TrialRow> trials) {
        return new SizeResult(
                mix.label(),
                mix.mean(),
                lineRate,
                Optional.ofNullable(throughput),
                goals,
                Optional.ofNullable(latency),
                lossCurve,
                Optional.ofNullable(backToBack),
                Optional.ofNullable(recovery),
                Optional.ofNullable(reset),
                soak,
                trials,
                testerLimited);
    }
}
