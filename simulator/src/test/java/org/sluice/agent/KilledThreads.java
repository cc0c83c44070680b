package org.sluice.agent;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.sluice.simulator.PowerLoss;

/** Has the threads of killed agents end without a word, and any other thread that dies be heard of. */
final class KilledThreads implements BeforeAllCallback, AfterAllCallback {
    private Thread.@Nullable UncaughtExceptionHandler before;

    @Override
    public void beforeAll(ExtensionContext context) {
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            if (!(thrown instanceof PowerLoss)) {
                throw new AssertionError("thread " + thread.getName() + " died", thrown);
            }
        });
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }
}
