package org.sluice.linux.packet;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SocketCalls;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.namespace.NetworkNamespace;

/**
 * Sends frames from a ring of slots that the caller fills, many with one system call (sendmmsg(2)). The kernel copies a frame before
 * {@link #send} returns, so a slot may be changed again at once.
 *
 * <p>Frames leave past the queueing discipline (PACKET_QDISC_BYPASS) unless asked otherwise: with one, the kernel may queue or
 * drop them out of the sender's sight. For one thread after opening.
 */
public final class PacketSender implements AutoCloseable {
    /** Whether frames pass the device's queueing discipline. */
    public enum Queueing {
        /** They go to the driver directly. */
        BYPASSED,
        /** They go through it, as those of every other program do, and are shaped or delayed by it. */
        USED
    }

    /** struct mmsghdr: struct msghdr of 56 bytes, u32 length, 4 bytes of padding. */
    private static final long MESSAGE_LENGTH = 64;

    private static final long MESSAGE_VECTOR_OFFSET = 16;
    private static final long MESSAGE_VECTOR_COUNT_OFFSET = 24;

    /** struct iovec: address and length. */
    private static final long VECTOR_LENGTH = 16;

    private static final long VECTOR_SIZE_OFFSET = 8;

    private static final int SEND_BUFFER_BYTES = 8 << 20;
    private static final ValueLayout.OfLong LONG = JAVA_LONG;

    private final Arena arena = Arena.ofShared();
    private final FileDescriptor socket;
    private final MemorySegment frames;
    private final MemorySegment vectors;
    private final long messages;
    private final int slots;
    private final int slotSize;
    private final SocketCalls calls;
    private final String device;

    private PacketSender(FileDescriptor socket, String device, int slots, int slotSize) {
        this.socket = socket;
        this.calls = new SocketCalls(socket);
        this.device = device;
        this.slots = slots;
        this.slotSize = slotSize;
        this.frames = arena.allocate((long) slots * slotSize, 64);
        this.vectors = arena.allocate(slots * VECTOR_LENGTH, Long.BYTES);
        MemorySegment headers = arena.allocate(slots * MESSAGE_LENGTH, Long.BYTES);
        for (int slot = 0; slot < slots; slot++) {
            // In bounds: both arrays were allocated with one entry for each slot.
            vectors.set(LONG, slot * VECTOR_LENGTH, frames.address() + (long) slot * slotSize);
            headers.set(LONG, slot * MESSAGE_LENGTH + MESSAGE_VECTOR_OFFSET, vectors.address() + slot * VECTOR_LENGTH);
            headers.set(LONG, slot * MESSAGE_LENGTH + MESSAGE_VECTOR_COUNT_OFFSET, 1);
        }
        this.messages = headers.address();
    }

    /**
     * Opens a sender on a device that is up.
     *
     * @param slots how many frames the ring holds, 1 or more
     * @param slotSize bytes of each slot, at least that of the longest frame without its check sequence
     * @throws LinuxException codes {@code link.missing}, {@code link.down}, {@code packet.permission}
     */
    public static PacketSender open(
            NetworkNamespace namespace, String device, int slots, int slotSize, Queueing queueing) {
        if (slots < 1 || slotSize < 14) {
            throw new IllegalArgumentException("A sender needs a slot with room for a header of 14 bytes.");
        }
        int index = PacketSockets.require(namespace, device).index();
        FileDescriptor socket = PacketSockets.open(namespace, device);
        try {
            PacketSockets.widenSendBuffer(socket, SEND_BUFFER_BYTES);
            if (queueing == Queueing.BYPASSED) {
                PacketSockets.set(
                        socket,
                        PacketSockets.SOL_PACKET,
                        PacketSockets.PACKET_QDISC_BYPASS,
                        1,
                        "pass by the queueing discipline");
            }
            PacketSockets.bind(socket, 0, index);
            return new PacketSender(socket, device, slots, slotSize);
        } catch (RuntimeException | Error failure) {
            socket.close();
            throw failure;
        }
    }

    /** The slots one after another, {@link #slotSize} bytes each. */
    public MemorySegment frames() {
        return frames;
    }

    /** How many slots there are. */
    public int slots() {
        return slots;
    }

    /** Bytes from one slot to the next. */
    public int slotSize() {
        return slotSize;
    }

    /** Says how many bytes of a slot are a frame. */
    public void setLength(int slot, int length) {
        if (length < 14 || length > slotSize) {
            throw new IllegalArgumentException(
                    "A frame of " + length + " bytes does not fit into a slot of " + slotSize + ".");
        }
        // In bounds: set throws when slot is not one of the array's.
        vectors.set(LONG, slot * VECTOR_LENGTH + VECTOR_SIZE_OFFSET, length);
    }

    /**
     * Sends the frames of so many slots in order, which must not run past the last slot.
     *
     * @return how many the kernel took: fewer than asked, down to 0, when the driver's queue was full
     * @throws SystemCallException when the device is gone, down, or takes no frame as long as this
     */
    public int send(int first, int count) {
        // In bounds: the entries first to first + count - 1 exist, and each points to a slot of its own.
        int taken = calls.sendMessages(messages + first * MESSAGE_LENGTH, count);
        return taken > 0 ? taken : explain(taken);
    }

    private int explain(int taken) {
        Errno errno = Errno.of(-taken);
        if (errno == Errno.ENOBUFS || errno == Errno.EAGAIN || errno == Errno.EINTR) {
            return 0;
        }
        if (errno == Errno.EMSGSIZE) {
            throw new LinuxException(
                    "packet.too-long",
                    "The network device " + device + " takes no frame as long as this.",
                    "Raise its MTU (ip link set " + device + " mtu BYTES), or send shorter frames.");
        }
        throw new SystemCallException("sendmmsg", errno, "send frames on " + device);
    }

    @Override
    public void close() {
        socket.close();
        arena.close();
    }
}
