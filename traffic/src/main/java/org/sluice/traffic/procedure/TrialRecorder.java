package org.sluice.traffic.procedure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.report.SizeResult.TrialRow;
import org.sluice.traffic.search.Outcome;
import org.sluice.traffic.trial.Doubt;
import org.sluice.traffic.trial.Load;
import org.sluice.traffic.trial.StreamResult;
import org.sluice.traffic.trial.TrialResult;

/** Runs trials of one frame size and keeps a row of each for the report. For one thread. */
final class TrialRecorder {
    /** How often a doubtful trial is repeated. */
    static final int REPEATS = 2;

    private final TrialSource source;
    private final List<TrialRow> rows = new ArrayList<>();

    TrialRecorder(TrialSource source) {
        this.source = source;
    }

    FrameMix mix() {
        return source.mix();
    }

    /** Runs one trial. */
    TrialResult run(String purpose, Load load) throws InterruptedException {
        TrialResult result = source.run(load);
        rows.add(row(purpose, result));
        return result;
    }

    /** Runs one trial whose times count, and again while anything about it is doubtful; answers the last. */
    TrialResult runForTimes(String purpose, Load load) throws InterruptedException {
        TrialResult result = run(purpose, load);
        for (int i = 0; i < REPEATS && !result.doubts().isEmpty(); i++) {
            result = run(purpose, load);
        }
        return result;
    }

    /** Runs one trial whose losses count, and again while these may be the tester's; answers the last. */
    TrialResult runForLosses(String purpose, Load load) throws InterruptedException {
        TrialResult result = run(purpose, load);
        for (int i = 0; i < REPEATS && !doubtsOfLosses(result).isEmpty(); i++) {
            result = run(purpose, load);
        }
        return result;
    }

    /** One trial for a search. */
    Outcome outcome(String purpose, double framesPerSecond, Duration duration) throws InterruptedException {
        TrialResult result = run(purpose, new Load.Paced(framesPerSecond, duration));
        return new Outcome(
                framesPerSecond,
                duration,
                result.sent(),
                Math.min(result.lost(), result.sent()),
                result.sent() > 0 && isTrusted(result));
    }

    /** Who forwards everything although it came unevenly would have forwarded the even load, too; only a loss may be the tester's. */
    private static boolean isTrusted(TrialResult result) {
        return result.lost() == 0
                ? !result.doubts().contains(Doubt.SENDER_TOO_SLOW)
                : doubtsOfLosses(result).isEmpty();
    }

    /** Why frames may have been lost by the tester, or for its sake: a clock that was set spoils times and nothing else. */
    static Set<Doubt> doubtsOfLosses(TrialResult result) {
        Set<Doubt> doubts = EnumSet.noneOf(Doubt.class);
        doubts.addAll(result.doubts());
        doubts.remove(Doubt.CLOCK_STEPPED);
        return doubts;
    }

    /** The latencies of the last trial. */
    Histogram latencies() {
        return source.latencies();
    }

    /** What was measured so far, in order. */
    List<TrialRow> rows() {
        return List.copyOf(rows);
    }

    private static TrialRow row(String purpose, TrialResult result) {
        double rate = switch (result.load()) {
            case Load.Paced paced -> paced.framesPerSecond();
            case Load.Burst burst -> burst.framesPerSecond();
            case Load.Stepped stepped -> stepped.first().framesPerSecond();
            case Load.Unpaced _ -> 0;
        };
        return new TrialRow(
                purpose,
                rate,
                max(result, StreamResult::sendingNanoseconds) / 1e9,
                result.sent(),
                result.lost(),
                sum(result, StreamResult::reordered),
                sum(result, StreamResult::duplicated),
                sum(result, StreamResult::corrupted),
                sum(result, StreamResult::receiverDrops),
                max(result, stream -> stream.lateness().p999()),
                max(result, stream -> stream.lateness().max()),
                result.doubts().stream().sorted().map(Doubt::sentence).toList());
    }

    private static long sum(TrialResult result, ToLongFunction<StreamResult> part) {
        return result.streams().stream().mapToLong(part).sum();
    }

    private static long max(TrialResult result, ToLongFunction<StreamResult> part) {
        return result.streams().stream().mapToLong(part).max().orElse(0);
    }
}
