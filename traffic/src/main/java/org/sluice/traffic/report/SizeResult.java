package org.sluice.traffic.report;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sluice.traffic.trial.Latency;

/**
 * What was found with one frame size or mix. Rates are frames a second of each stream: in one direction, of one pair of interfaces.
 *
 * @param frames {@code 64}, {@code 1518}, {@code IMIX} ...: bytes with frame check sequence and tags
 * @param meanBytes mean frame size in bytes with frame check sequence
 * @param lineRate the most the medium could carry, in frames a second; absent when the speed of the link is not known
 * @param throughput RFC 2544, section 26.1, or NDR when MLRsearch found it
 * @param goals what MLRsearch found for each of its goals
 * @param latency RFC 2544, section 26.2
 * @param lossCurve RFC 2544, section 26.3, from the highest load down; empty when not measured
 * @param backToBack RFC 2544, section 26.4
 * @param recovery RFC 2544, section 26.5
 * @param reset RFC 2544, section 26.6
 * @param soak a fixed load for a long time, by intervals; empty when not measured
 * @param trials every trial, also the repeated ones
 * @param testerLimited why the tester and not the device was the limit, one sentence each; empty when it was not
 */
public record SizeResult(
        String frames,
        double meanBytes,
        OptionalDouble lineRate,
        Optional<Throughput> throughput,
        List<Goal> goals,
        Optional<LatencyResult> latency,
        List<LossPoint> lossCurve,
        Optional<BackToBack> backToBack,
        Optional<Recovery> recovery,
        Optional<Reset> reset,
        List<SoakInterval> soak,
        List<TrialRow> trials,
        List<String> testerLimited) {
    /** Checks for null and for what is no number, and copies. */
    public SizeResult {
        requireNonNull(frames, "frames is null");
        Finite.require(meanBytes, "meanBytes");
        Finite.require(lineRate, "lineRate");
        requireNonNull(throughput, "throughput is null");
        goals = List.copyOf(goals);
        requireNonNull(latency, "latency is null");
        lossCurve = List.copyOf(lossCurve);
        requireNonNull(backToBack, "backToBack is null");
        requireNonNull(recovery, "recovery is null");
        requireNonNull(reset, "reset is null");
        soak = List.copyOf(soak);
        trials = List.copyOf(trials);
        testerLimited = List.copyOf(testerLimited);
    }

    /**
     * The highest rate without loss.
     *
     * @param framesPerSecond the result: the median of the repeats
     * @param bitsPerSecond the same in bits of frames, without preamble and gap
     * @param width how far above the next tested rate, that lost frames, was; frames a second; 0 when the highest rate passed
     * @param repeats the result of each search, in their order
     */
    public record Throughput(double framesPerSecond, double bitsPerSecond, double width, List<Double> repeats) {
        /** Checks for what is no number, and copies. */
        public Throughput {
            Finite.require(framesPerSecond, "framesPerSecond");
            Finite.require(bitsPerSecond, "bitsPerSecond");
            Finite.require(width, "width");
            repeats = Finite.require(repeats, "repeats");
        }
    }

    /**
     * One goal of MLRsearch.
     *
     * @param name {@code NDR}, {@code PDR} ...
     * @param lossRatio the goal's loss ratio, 0 to 1
     * @param framesPerSecond relevant lower bound
     * @param upperBound relevant upper bound, absent when the highest load passed
     * @param conditionalThroughput what was forwarded at the lower bound
     * @param regular false when the draft calls the result irregular
     */
    public record Goal(
            String name,
            double lossRatio,
            double framesPerSecond,
            OptionalDouble upperBound,
            double conditionalThroughput,
            boolean regular) {
        /** Checks for null and for what is no number. */
        public Goal {
            requireNonNull(name, "name is null");
            Finite.require(lossRatio, "lossRatio");
            Finite.require(framesPerSecond, "framesPerSecond");
            Finite.require(upperBound, "upperBound");
            Finite.require(conditionalThroughput, "conditionalThroughput");
        }
    }

    /**
     * Latency at a load.
     *
     * @param framesPerSecond the load
     * @param all over all repeats
     * @param repeatMeans the mean of each repeat in nanoseconds; RFC 2544 asks for their average
     */
    public record LatencyResult(double framesPerSecond, Latency all, List<Double> repeatMeans) {
        /** Checks for null and for what is no number, and copies. */
        public LatencyResult {
            Finite.require(framesPerSecond, "framesPerSecond");
            requireNonNull(all, "all is null");
            repeatMeans = Finite.require(repeatMeans, "repeatMeans");
        }
    }

    /**
     * Loss at one load.
     *
     * @param framesPerSecond offered
     * @param forwarded frames a second that arrived
     * @param lossRatio the share lost, 0 to 1
     */
    public record LossPoint(double framesPerSecond, double forwarded, double lossRatio) {
        /** Checks for what is no number. */
        public LossPoint {
            Finite.require(framesPerSecond, "framesPerSecond");
            Finite.require(forwarded, "forwarded");
            Finite.require(lossRatio, "lossRatio");
        }
    }

    /**
     * Longest burst that is forwarded whole.
     *
     * @param frames mean over the repeats
     * @param min shortest of the repeats
     * @param max longest of the repeats
     * @param deviation standard deviation over the repeats
     * @param correctedBufferSeconds RFC 9004, section 6.4; absent when the throughput is not known
     * @param unbounded whether bursts as long as the tester sends at most were all forwarded
     */
    public record BackToBack(
            double frames,
            long min,
            long max,
            double deviation,
            OptionalDouble correctedBufferSeconds,
            boolean unbounded) {
        /** Checks for null and for what is no number. */
        public BackToBack {
            Finite.require(frames, "frames");
            Finite.require(deviation, "deviation");
            Finite.require(correctedBufferSeconds, "correctedBufferSeconds");
        }
    }

    /**
     * How fast the device recovers from an overload.
     *
     * @param overloadFramesPerSecond the overload, 110 % of the throughput
     * @param thenFramesPerSecond the load after it, half of the overload
     * @param nanoseconds from the end of the overload to the last frame lost
     */
    public record Recovery(double overloadFramesPerSecond, double thenFramesPerSecond, long nanoseconds) {
        /** Checks for what is no number. */
        public Recovery {
            Finite.require(overloadFramesPerSecond, "overloadFramesPerSecond");
            Finite.require(thenFramesPerSecond, "thenFramesPerSecond");
        }
    }

    /**
     * How long a reset interrupts forwarding.
     *
     * @param how what was reset and by what
     * @param nanoseconds without forwarding
     */
    public record Reset(String how, long nanoseconds) {
        /** Checks for null. */
        public Reset {
            requireNonNull(how, "how is null");
        }
    }

    /**
     * One interval of a soak.
     *
     * @param fromSecond its begin, seconds from the start of the soak
     * @param toSecond its end, seconds from the start of the soak
     * @param sent frames
     * @param lost frames
     * @param maxLatency the largest latency in nanoseconds, 0 when unknown
     */
    public record SoakInterval(double fromSecond, double toSecond, long sent, long lost, long maxLatency) {
        /** Checks for what is no number. */
        public SoakInterval {
            Finite.require(fromSecond, "fromSecond");
            Finite.require(toSecond, "toSecond");
        }
    }

    /**
     * One trial of the search, for who wants to see how a result came about.
     *
     * @param purpose {@code throughput}, {@code latency}, {@code warm-up} ...
     * @param framesPerSecond offered load; 0 for unpaced
     * @param seconds its length
     * @param sent frames
     * @param lost frames
     * @param reordered frames
     * @param duplicated frames
     * @param corrupted frames
     * @param receiverDrops frames lost by the tester itself
     * @param latenessP999 nanoseconds
     * @param latenessMax nanoseconds
     * @param doubts why it was repeated or not trusted, in words; empty for a sound one
     */
    public record TrialRow(
            String purpose,
            double framesPerSecond,
            double seconds,
            long sent,
            long lost,
            long reordered,
            long duplicated,
            long corrupted,
            long receiverDrops,
            long latenessP999,
            long latenessMax,
            List<String> doubts) {
        /** Checks for null and for what is no number, and copies. */
        public TrialRow {
            requireNonNull(purpose, "purpose is null");
            Finite.require(framesPerSecond, "framesPerSecond");
            Finite.require(seconds, "seconds");
            doubts = List.copyOf(doubts);
        }
    }
}
