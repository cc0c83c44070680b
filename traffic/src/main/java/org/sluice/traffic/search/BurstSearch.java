package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One repetition of a back-to-back search: the longest burst first, then always the middle. */
final class BurstSearch {
    private final BackToBackSearch settings;
    private final int repetition;
    private long held;
    private long ended = Long.MAX_VALUE;
    private boolean testerLimited;
    private @Nullable BurstOutcome last;

    BurstSearch(BackToBackSearch settings, int repetition) {
        this.settings = settings;
        this.repetition = repetition;
    }

    /** A new search that remembers the last burst, for the listener. */
    BurstSearch again(int next) {
        BurstSearch search = new BurstSearch(settings, next);
        search.last = last;
        return search;
    }

    /** The length of the next burst, empty when the answer is there. */
    OptionalLong next() {
        if (ended == Long.MAX_VALUE) {
            return held == settings.maxFrames() ? OptionalLong.empty() : OptionalLong.of(settings.maxFrames());
        }
        long lower = Math.max(held, settings.minFrames());
        if (ended - lower > settings.resolution()) {
            return OptionalLong.of(lower + (ended - lower) / 2);
        }
        return held == 0 && ended > lower ? OptionalLong.of(lower) : OptionalLong.empty();
    }

    void measure(long frames, Bursts bursts, BurstState.Listener listener) throws InterruptedException {
        BurstOutcome outcome = once(frames, bursts, listener);
        for (int repeat = 0; repeat < settings.repeats() && !outcome.trusted(); repeat++) {
            outcome = once(frames, bursts, listener);
        }
        if (outcome.held()) {
            held = frames;
        } else {
            ended = frames;
            testerLimited = !outcome.trusted();
        }
    }

    BackToBackResult.Repetition answer() {
        return new BackToBackResult.Repetition(held, testerLimited, held == settings.maxFrames());
    }

    BurstState state(long next) {
        return new BurstState(repetition, settings.repetitions(), held, next, last);
    }

    private BurstOutcome once(long frames, Bursts bursts, BurstState.Listener listener) throws InterruptedException {
        listener.onBurst(state(frames));
        BurstOutcome outcome = requireNonNull(bursts.measure(frames), "outcome is null");
        last = outcome;
        return outcome;
    }
}
