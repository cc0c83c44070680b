package org.sluice.traffic.check;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.sluice.linux.packet.PacketReceiver;
import org.sluice.traffic.frame.Signature;

/** A frame on its way through an {@link Impairer}, with the tag that the kernel takes out put back. For one thread. */
final class RelayedFrame {
    private static final int ADDRESSES = 12;
    private static final int TAG = 4;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_IPV6 = 0x86DD;
    private static final int TYPE_DOT1Q = 0x8100;
    private static final int TYPE_DOT1AD = 0x88A8;
    private static final int IPV4_AND_UDP = 20 + 8;
    private static final int IPV6_AND_UDP = 40 + 8;
    private static final int NONE = -1;

    private final byte[] bytes;
    private final MemorySegment memory;
    private final long arrival;
    private final int network;
    private final int signature;

    /** @param arrival when it came, in nanoseconds of the wall clock */
    RelayedFrame(byte[] bytes, long arrival) {
        this.bytes = bytes;
        this.memory = MemorySegment.ofArray(bytes);
        this.arrival = arrival;
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        int type = ADDRESSES;
        while (isTag(frame.getShort(type) & 0xFFFF)) {
            type += TAG;
        }
        network = type + Short.BYTES;
        int payload = network
                + switch (frame.getShort(type) & 0xFFFF) {
                    case TYPE_IPV4 -> IPV4_AND_UDP;
                    case TYPE_IPV6 -> IPV6_AND_UDP;
                    default -> bytes.length;
                };
        boolean test = payload + Signature.LENGTH <= bytes.length && Signature.isPresent(memory, payload);
        signature = test ? payload : NONE;
    }

    /** Copies the frame under the receiver's cursor. */
    static RelayedFrame copyOf(PacketReceiver receiver) {
        int tag = receiver.strippedTag();
        // The frame's captured bytes lie in the ring from its offset on.
        ByteBuffer captured =
                receiver.memory().asSlice(receiver.frame(), receiver.captured()).asByteBuffer();
        ByteBuffer whole = ByteBuffer.allocate(captured.remaining() + (tag == 0 ? 0 : TAG));
        ByteBuffer _ = whole.put(captured.slice(0, ADDRESSES));
        if (tag != 0) {
            ByteBuffer _ = whole.putInt(tag);
        }
        ByteBuffer _ = whole.put(captured.position(ADDRESSES));
        return new RelayedFrame(whole.array(), receiver.stamp());
    }

    private static boolean isTag(int type) {
        return type == TYPE_DOT1Q || type == TYPE_DOT1AD;
    }

    /** When it came: the kernel's stamp, in nanoseconds of the wall clock. */
    long arrival() {
        return arrival;
    }

    /** Whether it carries the tester's signature. */
    boolean isTest() {
        return signature != NONE;
    }

    /** Which trial it belongs to; the first on a path is 1. */
    int epoch() {
        return Signature.epoch(memory, signature);
    }

    /** Whether the tester takes its time: it stamps the first of those that it hands over together. */
    boolean isStamped() {
        return Signature.stamp(memory, signature) != 0;
    }

    int stream() {
        return Signature.stream(memory, signature);
    }

    long sequence() {
        return Signature.sequence(memory, signature);
    }

    int length() {
        return bytes.length;
    }

    /** Turns the bit over that is due after so many; call {@link #sequence} before. */
    void flip(FaultPlan.Bits bits, long before) {
        int bit = (int) (before % bits.count());
        bytes[network + bits.firstByte() + bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
    }

    /** Writes it to the start of the segment, which is at least as long. */
    void copyTo(MemorySegment to) {
        MemorySegment.copy(memory, 0, to, 0, bytes.length);
    }
}
