package org.sluice.linux.process;

import org.sluice.linux.kernel.SystemCalls;

/** What signals do to this process. */
public final class Signals {
    private static final int SIGINT = 2;
    private static final int SIGTERM = 15;

    private Signals() {}

    /**
     * From now on SIGINT (Ctrl-C) and SIGTERM end this process at once, without the JVM's shutdown: for one that has begun to end and
     * is told to again. Thread-safe.
     */
    public static void endAtOnce() {
        SystemCalls.restoreSignal(SIGINT);
        SystemCalls.restoreSignal(SIGTERM);
    }
}
