package org.sluice.linux.netlink;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Builds one netlink message: header, fixed structure, attributes, nested attributes. Numbers are in the machine's byte order, as
 * netlink wants them, unless a method says otherwise. For one thread.
 */
public final class MessageWriter {
    private static final int MAXIMUM_ATTRIBUTE_LENGTH = 0xFFFF;

    private ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());

    /**
     * Starts a message; its length and sequence number are filled in at the end.
     *
     * @param type nlmsghdr.nlmsg_type, for example RTM_NEWLINK
     * @param flags nlmsghdr.nlmsg_flags
     */
    public MessageWriter(int type, int flags) {
        buffer.putInt(0)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(0)
                .putInt(0);
    }

    /** Appends one byte of the fixed structure. */
    public MessageWriter u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    /** Appends two bytes of the fixed structure. */
    public MessageWriter u16(int value) {
        room(2).putShort((short) value);
        return this;
    }

    /** Appends four bytes of the fixed structure. */
    public MessageWriter u32(int value) {
        room(4).putInt(value);
        return this;
    }

    /** Appends an attribute with the payload as it is. */
    public MessageWriter attribute(int type, byte[] payload) {
        header(type, payload.length).put(payload);
        return pad();
    }

    /** Appends an attribute without payload, which is how netlink writes a flag. */
    public MessageWriter flag(int type) {
        return attribute(type, new byte[0]);
    }

    /** Appends an attribute of one byte. */
    public MessageWriter attributeU8(int type, int value) {
        header(type, 1).put((byte) value);
        return pad();
    }

    /** Appends an attribute of two bytes. */
    public MessageWriter attributeU16(int type, int value) {
        header(type, 2).putShort((short) value);
        return pad();
    }

    /** Appends an attribute of two bytes in network byte order, as protocol numbers are. */
    public MessageWriter attributeBigEndianU16(int type, int value) {
        return attribute(type, new byte[] {(byte) (value >>> 8), (byte) value});
    }

    /** Appends an attribute of one or more 32-bit words. */
    public MessageWriter attributeU32(int type, int... words) {
        header(type, 4 * words.length);
        for (int word : words) {
            buffer.putInt(word);
        }
        return this;
    }

    /** Appends a text with the closing zero byte. */
    public MessageWriter attributeText(int type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return attribute(type, Arrays.copyOf(bytes, bytes.length + 1));
    }

    /** Appends an attribute that holds what {@code content} writes. */
    public MessageWriter nested(int type, Runnable content) {
        requireNonNull(content, "content is null");
        int start = buffer.position();
        header(type, 0);
        content.run();
        int length = buffer.position() - start;
        if (length > MAXIMUM_ATTRIBUTE_LENGTH) {
            throw new IllegalArgumentException("The netlink attribute " + type + " would be " + length
                    + " bytes long; its length field ends at " + MAXIMUM_ATTRIBUTE_LENGTH + ".");
        }
        buffer.putShort(start, (short) length);
        return this;
    }

    /** The finished message with the given sequence number. */
    public byte[] finish(int sequence) {
        buffer.putInt(0, buffer.position());
        buffer.putInt(8, sequence);
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private ByteBuffer header(int type, int payloadLength) {
        int length = Netlink.ATTRIBUTE_HEADER_LENGTH + payloadLength;
        if (length > MAXIMUM_ATTRIBUTE_LENGTH) {
            throw new IllegalArgumentException("The payload of netlink attribute " + type + " is too long.");
        }
        return room(Netlink.align(length)).putShort((short) length).putShort((short) type);
    }

    private MessageWriter pad() {
        int end = Netlink.align(buffer.position());
        while (buffer.position() < end) {
            buffer.put((byte) 0);
        }
        return this;
    }

    private ByteBuffer room(int length) {
        if (buffer.remaining() < length) {
            ByteBuffer larger =
                    ByteBuffer.allocate(2 * (buffer.capacity() + length)).order(ByteOrder.nativeOrder());
            larger.put(buffer.flip());
            buffer = larger;
        }
        return buffer;
    }
}
