package org.sluice.linux.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/** clock_gettime(2) without allocating. For one thread at a time, as each object has one place for the answer. */
public final class ClockCalls {
    /** The wall clock. */
    public static final int CLOCK_REALTIME = 0;

    /** CPU time of the calling thread. */
    public static final int CLOCK_THREAD_CPUTIME_ID = 3;

    private static final MethodHandle CLOCK_GETTIME =
            SystemCalls.function("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));

    /** struct timespec: seconds and nanoseconds, 8 bytes each. */
    private static final long TIME_LENGTH = 16;

    private static final long NANOSECONDS_IN_A_SECOND = 1_000_000_000L;

    private final MemorySegment state = SystemCalls.callState(Arena.ofAuto());
    private final MemorySegment time = Arena.ofAuto().allocate(TIME_LENGTH, Long.BYTES);

    /** The clock's time in nanoseconds. */
    public long read(int clock) {
        try {
            // In bounds: the kernel writes one struct timespec, for which 16 bytes are reserved and kept alive by the
            // fence.
            if ((int) CLOCK_GETTIME.invokeExact(state, clock, time.address()) != 0) {
                throw new SystemCallException(
                        "clock_gettime", Errno.of(SystemCalls.errorNumber(state)), "read clock " + clock);
            }
            return time.get(JAVA_LONG, 0) * NANOSECONDS_IN_A_SECOND + time.get(JAVA_LONG, Long.BYTES);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall to clock_gettime throws no checked exception.", impossible);
        } finally {
            Reference.reachabilityFence(time);
        }
    }
}
