package org.sluice.linux.netlink;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * One netlink attribute as it was received (struct nlattr); its payload is a view of the received message.
 *
 * @param type the type without the "nested" and "network byte order" bits
 * @param payload position 0 to limit is the payload, in the machine's byte order
 */
public record Attribute(int type, ByteBuffer payload) {
    private static final int TYPE_MASK = 0x3FFF;

    /** Checks for null. */
    public Attribute {
        requireNonNull(payload, "payload is null");
    }

    static Attribute of(int rawType, ByteBuffer payload) {
        return new Attribute(rawType & TYPE_MASK, payload);
    }

    /** The first byte, unsigned. */
    public int u8() {
        return need(1).get(0) & 0xFF;
    }

    /** The first two bytes, unsigned. */
    public int u16() {
        return need(2).getShort(0) & 0xFFFF;
    }

    /** The first two bytes in network byte order, unsigned. */
    public int bigEndianU16() {
        return (need(2).get(0) & 0xFF) << 8 | (payload.get(1) & 0xFF);
    }

    /** The first four bytes. */
    public int u32() {
        return u32(0);
    }

    /** The 32-bit word with the given index. */
    public int u32(int word) {
        return need(4 * word + 4).getInt(4 * word);
    }

    /** The first eight bytes, which need not be aligned. */
    public long u64() {
        return need(8).getLong(0);
    }

    /** The payload as a copy. */
    public byte[] bytes() {
        return bytes(0, payload.limit());
    }

    /** A part of the payload as a copy. */
    public byte[] bytes(int offset, int length) {
        byte[] bytes = new byte[length];
        need(offset + length).get(offset, bytes);
        return bytes;
    }

    /** The payload as text, up to the first zero byte. */
    public String text() {
        byte[] bytes = bytes();
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** The attributes nested inside. */
    public Attributes nested() {
        return new Attributes(payload.duplicate().order(ByteOrder.nativeOrder()).rewind());
    }

    private ByteBuffer need(int length) {
        if (payload.limit() < length) {
            throw new MalformedMessageException("The netlink attribute " + type + " has " + payload.limit()
                    + " bytes where " + length + " were expected.");
        }
        return payload;
    }
}
