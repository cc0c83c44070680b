package org.sluice.agent.supervision;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A call on a thread that is others' before and after: it alone is interrupted. Thread-safe; for one call. */
final class Breakable<T> implements Callable<T> {
    private final Callable<T> call;
    private @Nullable Thread thread;
    private boolean isBroken;

    Breakable(Callable<T> call) {
        this.call = requireNonNull(call, "call is null");
    }

    @Override
    public T call() throws Exception {
        begin();
        try {
            return call.call();
        } finally {
            end();
        }
    }

    private synchronized void begin() {
        thread = Thread.currentThread();
        if (isBroken) {
            thread.interrupt();
        }
    }

    private synchronized void end() {
        thread = null;
        boolean _ = Thread.interrupted();
    }

    /** Interrupts the call, also when it has not begun. */
    synchronized void interrupt() {
        isBroken = true;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
