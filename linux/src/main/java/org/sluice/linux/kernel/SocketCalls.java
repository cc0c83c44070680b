package org.sluice.linux.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/**
 * The calls on one socket that are made a million times a second: they allocate nothing and answer with the error number instead
 * of an exception. For one thread at a time.
 *
 * <p>Addresses go to the kernel as numbers: a segment as argument would have its arena locked and released around each call.
 */
public final class SocketCalls {
    /** What a call answers when there was no error. */
    public static final int NO_ERROR = 0;

    private static final int MSG_DONTWAIT = 0x40;
    private static final short POLLIN = 1;
    private static final long NO_ADDRESS = 0;
    private static final int NO_LENGTH = 0;

    private static final MethodHandle SENDTO = SystemCalls.function(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECVFROM = SystemCalls.function(
            "recvfrom",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle SENDMMSG =
            SystemCalls.function("sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
    private static final MethodHandle POLL =
            SystemCalls.function("poll", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    /** struct pollfd: a file number of 4 bytes, the events asked for and those that came, 2 bytes each. */
    private static final long POLL_ENTRY_LENGTH = 8;

    private static final long POLL_EVENTS_OFFSET = 4;

    private final FileDescriptor socket;

    // Automatic arenas: whichever thread makes the calls, and without a lock around each of them.
    private final MemorySegment state = SystemCalls.callState(Arena.ofAuto());
    private final MemorySegment pollEntry = Arena.ofAuto().allocate(POLL_ENTRY_LENGTH, Integer.BYTES);

    /** @param socket stays the caller's to close; afterwards each call throws {@link IllegalStateException} */
    public SocketCalls(FileDescriptor socket) {
        this.socket = requireNonNull(socket, "socket is null");
        // In bounds: 4 and 2 bytes at the front of 8.
        pollEntry.set(JAVA_INT, 0, socket.number());
        pollEntry.set(JAVA_SHORT, POLL_EVENTS_OFFSET, POLLIN);
    }

    /**
     * sendmmsg(2), which waits for room in the socket's send buffer.
     *
     * @param vector address of an array of struct mmsghdr with at least {@code count} entries, which the caller keeps alive
     * @return how many messages were taken, 1 or more; or a negative error number
     */
    public int sendMessages(long vector, int count) {
        try {
            // In bounds: the caller's array has the entries it says, as this method demands.
            int taken = (int) SENDMMSG.invokeExact(state, socket.number(), vector, count, 0);
            return taken >= 0 ? taken : -SystemCalls.errorNumber(state);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall to sendmmsg throws no checked exception.", impossible);
        }
    }

    /**
     * sendto(2) of nothing, which tells the kernel to look at the socket's transmit ring.
     *
     * @return {@link #NO_ERROR}, or the error's number as in {@link Errno#number}
     */
    public int send() {
        try {
            // In bounds: no address is passed.
            long sent = (long) SENDTO.invokeExact(
                    state, socket.number(), NO_ADDRESS, (long) NO_LENGTH, MSG_DONTWAIT, NO_ADDRESS, NO_LENGTH);
            return sent < 0 ? SystemCalls.errorNumber(state) : NO_ERROR;
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall to sendto throws no checked exception.", impossible);
        }
    }

    /**
     * recvfrom(2) of nothing, which tells the kernel to look at the socket's receive rings.
     *
     * @return {@link #NO_ERROR}, or the error's number as in {@link Errno#number}
     */
    public int receive() {
        try {
            // In bounds: no address is passed.
            long received = (long) RECVFROM.invokeExact(
                    state, socket.number(), NO_ADDRESS, (long) NO_LENGTH, MSG_DONTWAIT, NO_ADDRESS, NO_ADDRESS);
            return received < 0 ? SystemCalls.errorNumber(state) : NO_ERROR;
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall to recvfrom throws no checked exception.", impossible);
        }
    }

    /**
     * poll(2) until the socket can be read, or that many milliseconds are over; says whether it can. A signal ends the wait, too.
     *
     * @param milliseconds 0 looks without waiting, -1 waits for ever
     */
    public boolean awaitReadable(int milliseconds) {
        // The number that was put into the entry is still this socket's: a closed one throws here.
        int _ = socket.number();
        try {
            // In bounds: one entry, which the fence keeps alive during the call, and 1 is passed as their number.
            return (int) POLL.invokeExact(state, pollEntry.address(), 1L, milliseconds) > 0;
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError("A downcall to poll throws no checked exception.", impossible);
        } finally {
            Reference.reachabilityFence(pollEntry);
        }
    }
}
