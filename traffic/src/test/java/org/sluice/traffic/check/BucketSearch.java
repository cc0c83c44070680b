package org.sluice.traffic.check;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.sluice.traffic.engine.LatenessBounds;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameSize;
import org.sluice.traffic.frame.Rate;
import org.sluice.traffic.procedure.PathTest;
import org.sluice.traffic.procedure.Procedure;
import org.sluice.traffic.procedure.Profile;
import org.sluice.traffic.procedure.ProgressListener;
import org.sluice.traffic.procedure.TestPlan;
import org.sluice.traffic.report.SizeResult;
import org.sluice.traffic.report.SizeResult.TrialRow;

/**
 * A throughput test of the product over a bridge whose outgoing port has a token bucket of the kernel, so that the throughput is known.
 * A trial loses frames when it offers more than the bucket's rate lets out and what the bucket holds and its queue takes: these are
 * a sixth of a width in the longest trials together. So the bucket's rate is inside the width of every right answer, also of what
 * MLRsearch sees in trials a quarter as long, and a sender that is late for no longer than that time loses nothing.
 *
 * @param framesPerSecond the bucket's rate
 * @param highest how many times that is the highest load of the search, as line rate is of what a device forwards
 * @param trial length of the longest trials
 * @param width of the search, a share of the rate
 */
record BucketSearch(double framesPerSecond, double highest, Duration trial, double width) {
    private static final FrameSize SIZE = new FrameSize(512);
    private static final Duration SETTLE = Duration.ofMillis(300);
    private static final Duration WARM_UP = Duration.ofSeconds(1);

    /** How far above the bucket's rate the longest trials begin to lose frames, as a part of the width. */
    private static final double PART = 0.45;

    /** Of what passes at once, this part is tokens, which also bridge a late timer, and the rest is the queue. */
    private static final double HELD = 0.8;

    /** Searches once. */
    Found run(TestPlan.Search search) throws InterruptedException {
        try (ShapedBridge bridge = new ShapedBridge()) {
            bridge.plant(String.format(
                    Locale.ROOT,
                    "tbf rate %dbit burst %d limit %d",
                    Math.round(framesPerSecond * SIZE.onWire() * Byte.SIZE),
                    Math.round(atOnce() * HELD) * SIZE.onWire(),
                    Math.round(atOnce() * (1 - HELD)) * SIZE.onWire()));
            PathTest test = new PathTest(
                    List.of(bridge.stream()),
                    plan(search),
                    Mode.MMSG,
                    new LatenessBounds(harmless(), harmless()),
                    OptionalLong.empty(),
                    ProgressListener.NONE);
            test.run();
            return found(test.sizes().getFirst());
        }
    }

    /** Frames that pass beside the rate. */
    private double atOnce() {
        return framesPerSecond * harmless().toNanos() / 1e9;
    }

    /** For how long nothing may be sent before what was due meanwhile is more than passes at once. */
    private Duration harmless() {
        return Duration.ofNanos(Math.round(trial.toNanos() * width * PART));
    }

    private TestPlan plan(TestPlan.Search search) {
        Duration unused = Duration.ofSeconds(1);
        Profile profile =
                new Profile("search", WARM_UP, SETTLE, trial, width, 1, unused, 1, 10, 1, unused, unused, 1, unused);
        return new TestPlan(
                profile,
                Set.of(Procedure.THROUGHPUT),
                search,
                List.of(FrameMix.of(SIZE)),
                Optional.of(new Rate.Frames(framesPerSecond * highest)),
                Optional.empty(),
                unused,
                Optional.empty());
    }

    private Found found(SizeResult result) {
        double lower = result.throughput().orElseThrow().framesPerSecond();
        double upper = lower + result.throughput().orElseThrow().width();
        List<TrialRow> trials = result.trials().stream()
                .filter(row -> row.purpose().equals("throughput"))
                .toList();
        List<TrialRow> counting =
                trials.stream().filter(row -> !isTheTesters(row)).toList();
        boolean disturbed =
                !result.testerLimited().isEmpty() || counting.stream().anyMatch(this::isDisturbed);
        return new Found(lower, upper, needed(counting, lower, upper), counting, disturbed);
    }

    /** A trial that the search has repeated, because the tester was late. */
    private static boolean isTheTesters(TrialRow row) {
        return row.lost() > 0 && !row.doubts().isEmpty();
    }

    /** A bucket that lost frames of less than its rate was kept from running. */
    private boolean isDisturbed(TrialRow row) {
        return row.lost() > 0 && row.framesPerSecond() <= framesPerSecond;
    }

    /** The trials until there was one of full length at the lower bound, and one that lost frames at the upper. */
    private List<TrialRow> needed(List<TrialRow> trials, double lower, double upper) {
        boolean held = false;
        boolean failed = false;
        for (int number = 0; number < trials.size(); number++) {
            TrialRow row = trials.get(number);
            held |= isAt(lower, row) && row.lost() == 0 && isFull(row);
            failed |= isAt(upper, row) && row.lost() > 0;
            if (held && failed) {
                return trials.subList(0, number + 1);
            }
        }
        return trials;
    }

    private static boolean isAt(double load, TrialRow row) {
        return Math.abs(row.framesPerSecond() - load) < 1e-6 * load;
    }

    /** A row has how long its frames really took. */
    private boolean isFull(TrialRow row) {
        return row.seconds() > 0.9 * trial.toNanos() / 1e9;
    }

    /**
     * What a search found and what it took. Trials in which the tester was late are left out, because how many there are says something
     * about the machine.
     *
     * @param lower the throughput
     * @param upper the next load, which lost frames
     * @param needed the trials until this answer stood; MLRsearch goes on for the PDR
     * @param all trials of the search
     * @param disturbed whether the answer may be the machine's rather than the path's
     */
    record Found(double lower, double upper, List<TrialRow> needed, List<TrialRow> all, boolean disturbed) {
        /** Seconds of sending. */
        double seconds() {
            return seconds(needed);
        }

        /** Seconds of sending of all trials. */
        double allSeconds() {
            return seconds(all);
        }

        private static double seconds(List<TrialRow> rows) {
            return rows.stream().mapToDouble(TrialRow::seconds).sum();
        }
    }
}
