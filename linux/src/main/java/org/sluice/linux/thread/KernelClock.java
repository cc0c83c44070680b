package org.sluice.linux.thread;

import org.sluice.linux.kernel.ClockCalls;

/** A clock of the kernel, read without allocating. For one thread at a time. */
public final class KernelClock {
    private final ClockCalls calls = new ClockCalls();
    private final int number;

    private KernelClock(int number) {
        this.number = number;
    }

    /** The wall clock, from which the kernel stamps frames (CLOCK_REALTIME): nanoseconds since 1970. */
    public static KernelClock wall() {
        return new KernelClock(ClockCalls.CLOCK_REALTIME);
    }

    /** CPU time of whichever thread asks (CLOCK_THREAD_CPUTIME_ID). */
    public static KernelClock cpuTimeOfThread() {
        return new KernelClock(ClockCalls.CLOCK_THREAD_CPUTIME_ID);
    }

    /** The time in nanoseconds. */
    public long read() {
        return calls.read(number);
    }
}
