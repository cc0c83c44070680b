package org.sluice.agent.turn;

import static java.util.Objects.requireNonNull;

/** The permit to do one kind of work, until it is closed. For one thread. */
public final class Turn implements AutoCloseable {
    private final Work work;
    private final Asking asking;
    private final Runnable end;
    private boolean isAsked;

    /** Has the next turn be for some other work. */
    @FunctionalInterface
    interface Asking {
        void ask(Work other);
    }

    Turn(Work work, Asking asking, Runnable end) {
        this.work = requireNonNull(work, "work is null");
        this.asking = requireNonNull(asking, "asking is null");
        this.end = requireNonNull(end, "end is null");
    }

    /** What it is for. */
    public Work work() {
        return work;
    }

    /**
     * Whether that work may be done in this turn, as keeping may in any. When not, the server's next turn is for it: only when it is
     * looked at is it seen what there is to do.
     */
    public boolean covers(Work other) {
        if (isFor(other)) {
            return true;
        }
        isAsked = true;
        asking.ask(other);
        return false;
    }

    /** Whether what comes next can be done in this turn too: nobody waits for a turn to see what came of what was done in another. */
    public boolean goesOnWith(Work next) {
        return !isAsked && isFor(next);
    }

    private boolean isFor(Work other) {
        return other == work || other == Work.KEEPING;
    }

    @Override
    public void close() {
        end.run();
    }
}
