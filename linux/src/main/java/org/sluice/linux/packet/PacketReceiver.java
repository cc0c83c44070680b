package org.sluice.linux.packet;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCalls;
import org.sluice.linux.namespace.NetworkNamespace;

/**
 * Receives every frame that arrives at a device, whoever it is for, in a ring that the kernel writes and this process reads
 * (TPACKET_V2, Documentation/networking/packet_mmap.rst), each with the kernel's time stamp. The cursor stands on one slot:
 *
 * <pre>{@code
 * while (receiver.hasFrame()) {
 *     use(receiver.memory(), receiver.frame(), receiver.captured(), receiver.stamp());
 *     receiver.release();
 * }
 * }</pre>
 *
 * <p>What this machine sends on the device is not received. For one thread after opening; {@link #drops} is for any.
 */
public final class PacketReceiver implements AutoCloseable {
    private static final int TPACKET_V2 = 1;
    private static final int TP_STATUS_USER = 1;
    private static final int TP_STATUS_VLAN_VALID = 1 << 4;
    private static final int TP_STATUS_VLAN_TPID_VALID = 1 << 6;
    private static final int PACKET_MR_PROMISC = 1;

    /** Offsets in struct tpacket2_hdr. */
    private static final long STATUS = 0;

    private static final long LENGTH = 4;
    private static final long CAPTURED = 8;
    private static final long FRAME = 12;
    private static final long SECONDS = 16;
    private static final long NANOSECONDS = 20;
    private static final long TAG = 24;
    private static final long TAG_PROTOCOL = 26;

    /** Bytes of a slot before the frame: the header, an address and their alignment. */
    private static final int ROOM_BEFORE_FRAME = 66;

    private static final int SMALLEST_SLOT = 128;
    private static final int BLOCK_SIZE = 1 << 20;

    /** A ring larger than this fits no cache and gains nothing. */
    private static final long LARGEST_RING = 128L << 20;

    private static final int LARGEST_SLOT_COUNT = 65_536;
    private static final VarHandle STATUS_WORD = JAVA_INT.varHandle();

    private final FileDescriptor socket;
    private final Arena mapping = Arena.ofShared();
    private final MemorySegment ring;
    private final int slotSize;
    private final int slots;
    private int slot;
    private long at;
    private long drops;

    private PacketReceiver(FileDescriptor socket, long length, int slotSize) {
        this.socket = socket;
        this.ring = SystemCalls.map(socket, 0, length, mapping, "map the ring of the " + socket.name());
        this.slotSize = slotSize;
        this.slots = Math.toIntExact(ring.byteSize() / slotSize);
    }

    /**
     * Opens a receiver on a device that is up, with as many slots as reasonably fit, up to 65,536.
     *
     * @param longestFrame the longest frame to be kept whole, in bytes without its check sequence; longer ones are cut
     * @throws LinuxException codes {@code link.missing}, {@code link.down}, {@code packet.permission}
     */
    public static PacketReceiver open(NetworkNamespace namespace, String device, int longestFrame) {
        if (longestFrame < 14) {
            throw new IllegalArgumentException("A receiver must keep at least a header of 14 bytes.");
        }
        // A tag that the kernel puts back, and the alignment of the frame, need a few bytes more.
        int slotSize = Math.max(SMALLEST_SLOT, Integer.highestOneBit(longestFrame + ROOM_BEFORE_FRAME - 1) << 1);
        long length = Math.min(LARGEST_RING, (long) LARGEST_SLOT_COUNT * slotSize);
        int index = PacketSockets.require(namespace, device).index();
        FileDescriptor socket = PacketSockets.open(namespace, device);
        try {
            PacketSockets.set(
                    socket, PacketSockets.SOL_PACKET, PacketSockets.PACKET_VERSION, TPACKET_V2, "choose TPACKET_V2");
            PacketSockets.set(
                    socket, PacketSockets.SOL_PACKET, PacketSockets.PACKET_IGNORE_OUTGOING, 1, "leave out sent frames");
            makeRing(socket, slotSize, length);
            becomePromiscuous(socket, index);
            PacketReceiver receiver = new PacketReceiver(socket, length, slotSize);
            // Last, so that no frame of another device is ever in the ring.
            PacketSockets.bind(socket, PacketSockets.ETH_P_ALL, index);
            return receiver;
        } catch (RuntimeException | Error failure) {
            socket.close();
            throw failure;
        }
    }

    private static void makeRing(FileDescriptor socket, int slotSize, long length) {
        try (Arena arena = Arena.ofConfined()) {
            int blocks = Math.toIntExact(length / BLOCK_SIZE);
            // struct tpacket_req: block size, blocks, frame size, frames.
            MemorySegment request =
                    arena.allocateFrom(JAVA_INT, BLOCK_SIZE, blocks, slotSize, Math.toIntExact(length / slotSize));
            SystemCalls.setSocketOption(
                    socket,
                    PacketSockets.SOL_PACKET,
                    PacketSockets.PACKET_RX_RING,
                    request,
                    "make a receive ring of " + length + " bytes");
        }
    }

    private static void becomePromiscuous(FileDescriptor socket, int deviceIndex) {
        try (Arena arena = Arena.ofConfined()) {
            // struct packet_mreq: s32 index, u16 type, u16 address length, 8 bytes of address; 16 bytes in all.
            MemorySegment request = arena.allocate(16, Integer.BYTES);
            request.set(JAVA_INT, 0, deviceIndex);
            request.set(JAVA_SHORT, 4, (short) PACKET_MR_PROMISC);
            SystemCalls.setSocketOption(
                    socket,
                    PacketSockets.SOL_PACKET,
                    PacketSockets.PACKET_ADD_MEMBERSHIP,
                    request,
                    "receive frames for other addresses too");
        }
    }

    /** How many frames the ring holds. */
    public int slots() {
        return slots;
    }

    /** The whole ring, in which {@link #frame} is an offset. */
    public MemorySegment memory() {
        return ring;
    }

    /** Whether there is a frame under the cursor; the other methods ask about that one. */
    public boolean hasFrame() {
        return isFilled(at);
    }

    /** Where the frame begins in {@link #memory}. */
    public long frame() {
        return at + (ring.get(JAVA_SHORT, at + FRAME) & 0xFFFF);
    }

    /** Bytes of the frame on the wire, without its check sequence. */
    public int length() {
        return ring.get(JAVA_INT, at + LENGTH);
    }

    /** Bytes of the frame in the ring; fewer than {@link #length} when it was too long. */
    public int captured() {
        return ring.get(JAVA_INT, at + CAPTURED);
    }

    /** When the kernel received it: nanoseconds of the wall clock (CLOCK_REALTIME). */
    public long stamp() {
        return (ring.get(JAVA_INT, at + SECONDS) & 0xFFFF_FFFFL) * 1_000_000_000L
                + ring.get(JAVA_INT, at + NANOSECONDS);
    }

    /**
     * The outermost VLAN tag, which the kernel or the card takes out of the frame: protocol in the upper, tag control information
     * in the lower 16 bits; 0 when there was none.
     */
    public int strippedTag() {
        int status = ring.get(JAVA_INT, at + STATUS);
        if ((status & TP_STATUS_VLAN_VALID) == 0) {
            return 0;
        }
        int protocol = (status & TP_STATUS_VLAN_TPID_VALID) == 0 ? 0x8100 : ring.get(JAVA_SHORT, at + TAG_PROTOCOL);
        return protocol << 16 | (ring.get(JAVA_SHORT, at + TAG) & 0xFFFF);
    }

    /** Gives the slot back to the kernel and goes on to the next. */
    public void release() {
        release(1);
    }

    /** For taking many frames at once, instead of one after another; always a new one. */
    public PacketBatch batch() {
        return new PacketBatch(this, ring, slotSize);
    }

    /** Where the slot under the cursor begins in the ring. */
    long position() {
        return at;
    }

    /** How many slots from the cursor on the kernel has filled, at most so many and none beyond the end of the ring. */
    int filled(int most) {
        int limit = Math.min(most, slots - slot);
        long position = at;
        int count = 0;
        while (count < limit && isFilled(position)) {
            position += slotSize;
            count++;
        }
        return count;
    }

    private boolean isFilled(long position) {
        // Acquire: what the kernel wrote before it gave the slot away is seen after it.
        return ((int) STATUS_WORD.getAcquire(ring, position + STATUS) & TP_STATUS_USER) != 0;
    }

    /** Gives so many slots back, none beyond the end of the ring, and goes on behind them. */
    void release(int count) {
        long position = at;
        for (int i = 0; i < count; i++) {
            // Release: the kernel may write the slot only after what was read from it was read.
            STATUS_WORD.setRelease(ring, position + STATUS, 0);
            position += slotSize;
        }
        slot += count;
        at = position;
        if (slot == slots) {
            slot = 0;
            at = 0;
        }
    }

    /** Waits for a frame, at most that many milliseconds; says whether there is one. */
    public boolean await(int milliseconds) {
        return SystemCalls.awaitReadable(socket, milliseconds);
    }

    /** Frames lost since opening because the ring was full. */
    public synchronized long drops() {
        try (Arena arena = Arena.ofConfined()) {
            // struct tpacket_stats: frames seen, drops among them. In bounds: two ints are reserved. Reading sets both
            // to 0.
            MemorySegment statistics = arena.allocate(JAVA_INT, 2);
            int _ = SystemCalls.getSocketOption(
                    socket,
                    PacketSockets.SOL_PACKET,
                    PacketSockets.PACKET_STATISTICS,
                    statistics,
                    "read the statistics");
            drops += statistics.getAtIndex(JAVA_INT, 1) & 0xFFFF_FFFFL;
            return drops;
        }
    }

    @Override
    public void close() {
        mapping.close();
        socket.close();
    }
}
