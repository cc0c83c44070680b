package org.sluice.linux.xdp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Ethernet frames with a number in them, every byte of which follows from the number. */
final class TestFrames {
    private static final int ETHERTYPE_OFFSET = 12;

    /** IEEE 802's first EtherType for local experiments. */
    private static final short EXPERIMENT = (short) 0x88B5;

    private static final int NUMBER_OFFSET = 14;
    private static final int FILLING_OFFSET = 18;
    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NUMBER = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private TestFrames() {}

    /** Writes the frame with the number into the slot that is to be sent next but {@code ahead}. */
    static void write(XdpTransmitter transmitter, int ahead, int number, int length) {
        int slot = (transmitter.nextSlot() + ahead) % transmitter.slots();
        MemorySegment frame =
                transmitter.memory().asSlice((long) slot * transmitter.frameSize(), transmitter.frameSize());
        frame.fill((byte) 0xEE);
        frame.asSlice(0, length).copyFrom(MemorySegment.ofArray(bytes(number, length)));
    }

    static byte[] bytes(int number, int length) {
        byte[] bytes = new byte[length];
        MemorySegment frame = MemorySegment.ofArray(bytes);
        bytes[0] = 2;
        bytes[6] = 2;
        bytes[11] = 1;
        frame.set(NETWORK_SHORT, ETHERTYPE_OFFSET, EXPERIMENT);
        frame.set(NUMBER, NUMBER_OFFSET, number);
        for (int i = FILLING_OFFSET; i < length; i++) {
            bytes[i] = (byte) (number * 31 + i);
        }
        return bytes;
    }

    static byte[] read(XdpReceiver receiver, int i) {
        return receiver.memory()
                .asSlice(receiver.address(i), receiver.length(i))
                .toArray(ValueLayout.JAVA_BYTE);
    }
}
