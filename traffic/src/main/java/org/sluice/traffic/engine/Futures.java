package org.sluice.traffic.engine;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waits for work on another thread and throws what it threw. */
final class Futures {
    private Futures() {}

    static <T> T get(Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                case null, default -> throw new IllegalStateException("A loop failed.", failure);
            }
        }
    }
}
