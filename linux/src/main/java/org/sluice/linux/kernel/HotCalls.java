package org.sluice.linux.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * System calls for loops that make them many thousand times a second: they allocate nothing, throw nothing, and answer like the
 * kernel itself, with a negative error number for a failure. Addresses are plain numbers: the caller owns that memory and keeps
 * it alive.
 *
 * <p>For one thread: each has memory of its own for the error number.
 */
public final class HotCalls {
    /** clock_gettime(2): the wall clock, which stamps of the kernel are taken from. */
    public static final int CLOCK_REALTIME = 0;

    /** clock_gettime(2): CPU time of the calling thread. */
    public static final int CLOCK_THREAD_CPUTIME_ID = 3;

    private static final MethodHandle SENDMMSG =
            SystemCalls.function("sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOCK_GETTIME =
            SystemCalls.function("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));

    private static final long TIMESPEC_LENGTH = 16;

    private final MemorySegment state;
    private final MemorySegment time;

    /** Reserves the memory, which goes when this object does. */
    public HotCalls() {
        Arena arena = Arena.ofAuto();
        this.state = arena.allocate(SystemCalls.CALL_STATE);
        this.time = arena.allocate(TIMESPEC_LENGTH, Long.BYTES);
    }

    /**
     * sendmmsg(2).
     *
     * @param vector address of an array of struct mmsghdr with at least {@code count} entries
     * @return how many messages were taken, or a negative error number
     */
    public int sendMessages(int socket, long vector, int count, int flags) {
        try {
            // In bounds: the caller's array has the entries it says, as this method demands.
            int taken = (int) SENDMMSG.invokeExact(state, socket, vector, count, flags);
            return taken >= 0 ? taken : -errno();
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall to sendmmsg does not throw.", impossible);
        }
    }

    /** clock_gettime(2) in nanoseconds. The clocks named here cannot fail. */
    public long clock(int clock) {
        try {
            // In bounds: struct timespec is two longs, for which 16 bytes are reserved.
            int result = (int) CLOCK_GETTIME.invokeExact(state, clock, time.address());
            if (result != 0) {
                throw new SystemCallException("clock_gettime", Errno.of(errno()), "read clock " + clock);
            }
            return time.get(JAVA_LONG, 0) * 1_000_000_000L + time.get(JAVA_LONG, Long.BYTES);
        } catch (RuntimeException failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall to clock_gettime does not throw.", impossible);
        }
    }

    private int errno() {
        return (int) SystemCalls.ERRNO.get(state, 0L);
    }
}
