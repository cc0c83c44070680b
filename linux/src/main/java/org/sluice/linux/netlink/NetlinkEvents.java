package org.sluice.linux.netlink;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.kernel.SystemCalls;

/**
 * Hears when the kernel announces something to a multicast group of the NETLINK_ROUTE family, in the network namespace of the thread
 * that opened it. It tells that something changed, not what: announcements can be lost when they come faster than they are read, so
 * whoever is told looks for himself. For one thread at a time.
 */
public final class NetlinkEvents implements AutoCloseable {
    private static final int MSG_DONTWAIT = 0x40;

    /** How long a wait goes on without looking whether its thread was interrupted. */
    private static final Duration SLICE = Duration.ofMillis(100);

    private final FileDescriptor socket;

    private NetlinkEvents(FileDescriptor socket) {
        this.socket = socket;
    }

    /**
     * Begins to listen; what is announced from now on ends the next {@link #await}.
     *
     * @param groups bits of the groups (RTMGRP_LINK and its like in linux/rtnetlink.h)
     */
    public static NetlinkEvents open(int groups) {
        return new NetlinkEvents(KernelDatagrams.socket("route netlink socket for announcements", groups));
    }

    /**
     * Waits until something has been announced since the last call.
     *
     * @param patience how long at most; not waited for at all when it is negative
     * @return false when nothing was announced in that time
     */
    public boolean await(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long left = Math.clamp(end - System.nanoTime(), 0, SLICE.toNanos());
            if (SystemCalls.awaitReadable(
                    socket,
                    Math.toIntExact(Duration.ofNanos(left).plusNanos(999_999).toMillis()))) {
                drain();
                return true;
            }
            if (left == 0) {
                return false;
            }
        }
    }

    /** Leaves nothing behind that would end the next wait; how much was lost does not matter. */
    private void drain() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sender = arena.allocate(KernelDatagrams.ADDRESS_LENGTH, Integer.BYTES);
            while (true) {
                // Of no length: the rest of each announcement is thrown away.
                long _ = SystemCalls.receive(socket, MemorySegment.NULL, MSG_DONTWAIT, sender);
            }
        } catch (SystemCallException end) {
            if (end.errno() == Errno.ENOBUFS) {
                drain();
            } else if (end.errno() != Errno.EAGAIN) {
                throw end;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
