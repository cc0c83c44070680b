package org.sluice.traffic.engine;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Waits for work on another thread and throws what it threw. */
final class Futures {
    private Futures() {}

    static <T> T get(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException failure) {
            throw unchecked(failure.getCause());
        }
    }

    /** The same for work that has ended. */
    static <T> T ended(Future<T> future) {
        if (future.state() == Future.State.FAILED) {
            throw unchecked(future.exceptionNow());
        }
        return future.resultNow();
    }

    private static RuntimeException unchecked(@Nullable Throwable cause) {
        return switch (cause) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            case null, default -> new IllegalStateException("A loop failed.", cause);
        };
    }
}
