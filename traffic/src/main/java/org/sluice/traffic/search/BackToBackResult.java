package org.sluice.traffic.search;

import java.util.List;
import java.util.LongSummaryStatistics;

/**
 * What a back-to-back search found, with the figures of RFC 9004 section 6.4. All times are in seconds, all rates in frames per second.
 *
 * @param repetitions the answers of the repetitions, at least one
 */
public record BackToBackResult(List<Repetition> repetitions) {
    /**
     * The answer of one repetition.
     *
     * @param frames the longest burst that lost nothing, 0 when even the shortest lost frames
     * @param testerLimited whether the tester and not the device ended the search
     * @param atMaximum whether the longest allowed burst held: then the device may take longer ones and RFC 9004 has the answer as
     *     invalid
     */
    public record Repetition(long frames, boolean testerLimited, boolean atMaximum) {
        /** Checks the range. */
        public Repetition {
            if (frames < 0) {
                throw new IllegalArgumentException("A burst cannot have " + frames + " frames: use 0 or more.");
            }
        }
    }

    /** Copies the list. */
    public BackToBackResult {
        repetitions = List.copyOf(repetitions);
        if (repetitions.isEmpty()) {
            throw new IllegalArgumentException("A back-to-back test without a repetition has no result.");
        }
    }

    /** The benchmark: the average of the longest bursts, in frames. */
    public double average() {
        return statistics().getAverage();
    }

    /** The shortest of the longest bursts, in frames. */
    public long minimum() {
        return statistics().getMin();
    }

    /** The longest of the longest bursts, in frames. */
    public long maximum() {
        return statistics().getMax();
    }

    /** The standard deviation of the sample in frames: by one less than the number of repetitions; 0 of a single one. */
    public double standardDeviation() {
        if (repetitions.size() == 1) {
            return 0;
        }
        double average = average();
        double squares = repetitions.stream()
                .mapToDouble(repetition -> Math.pow(repetition.frames() - average, 2))
                .sum();
        return Math.sqrt(squares / (repetitions.size() - 1));
    }

    /** Whether the tester and not the device was the limit in one of the repetitions. */
    public boolean testerLimited() {
        return repetitions.stream().anyMatch(Repetition::testerLimited);
    }

    /** Whether the longest allowed burst held in one of the repetitions, which makes the average invalid: allow longer ones. */
    public boolean atMaximum() {
        return repetitions.stream().anyMatch(Repetition::atMaximum);
    }

    /** How long the average burst takes at the maximum rate: RFC 9004's Implied DUT Buffer Time. */
    public double impliedBufferTime(double maxFrameRate) {
        Loads.requirePositive("maximum frame rate", maxFrameRate);
        return average() / maxFrameRate;
    }

    /**
     * The part of that for which frames stayed in the device's buffer, as it forwarded others meanwhile: RFC 9004's Corrected DUT
     * Buffer Time, {@code implied - implied * throughput / maximum rate}.
     *
     * @param throughput what RFC 2544 section 26.1 measured at this frame size; below the maximum rate, as otherwise the buffer never
     *     fills (RFC 9004 section 6.1)
     */
    public double correctedBufferTime(double maxFrameRate, double throughput) {
        Loads.requirePositive("maximum frame rate", maxFrameRate);
        if (!(throughput >= 0 && throughput < maxFrameRate)) {
            throw new IllegalArgumentException("The throughput " + throughput + " is not below the maximum frame rate "
                    + maxFrameRate + ": the buffer never fills, and the test says nothing about it.");
        }
        double implied = impliedBufferTime(maxFrameRate);
        return implied - implied * throughput / maxFrameRate;
    }

    private LongSummaryStatistics statistics() {
        return repetitions.stream().mapToLong(Repetition::frames).summaryStatistics();
    }
}
