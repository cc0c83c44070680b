package org.sluice.linux.netlink;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One received netlink message (struct nlmsghdr and what follows).
 *
 * @param type nlmsghdr.nlmsg_type
 * @param flags nlmsghdr.nlmsg_flags
 * @param sequence the number of the request it answers
 * @param payload position 0 to limit: what follows the header, in the machine's byte order
 */
public record NetlinkMessage(int type, int flags, int sequence, ByteBuffer payload) {
    /** Checks for null. */
    public NetlinkMessage {
        requireNonNull(payload, "payload is null");
    }

    /** The messages in one datagram. */
    public static List<NetlinkMessage> parse(byte[] datagram) {
        ByteBuffer bytes = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
        List<NetlinkMessage> messages = new ArrayList<>();
        int offset = 0;
        while (datagram.length - offset >= Netlink.HEADER_LENGTH) {
            int length = bytes.getInt(offset);
            if (length < Netlink.HEADER_LENGTH || length > datagram.length - offset) {
                throw new MalformedMessageException("A netlink message claims " + length
                        + " bytes where its datagram has " + (datagram.length - offset) + " left.");
            }
            messages.add(new NetlinkMessage(
                    bytes.getShort(offset + 4) & 0xFFFF,
                    bytes.getShort(offset + 6) & 0xFFFF,
                    bytes.getInt(offset + 8),
                    bytes.slice(offset + Netlink.HEADER_LENGTH, length - Netlink.HEADER_LENGTH)
                            .order(ByteOrder.nativeOrder())));
            offset += Netlink.align(length);
        }
        return List.copyOf(messages);
    }

    /** The attributes that follow a fixed structure of the given length. */
    public Attributes attributesAfter(int structureLength) {
        need(structureLength);
        int start = Math.min(Netlink.align(structureLength), payload.limit());
        return new Attributes(payload.slice(start, payload.limit() - start));
    }

    /** Throws {@link MalformedMessageException} when the payload is shorter than {@code length}. */
    public NetlinkMessage need(int length) {
        if (payload.limit() < length) {
            throw new MalformedMessageException("A netlink message of type " + type + " has " + payload.limit()
                    + " bytes where " + length + " were expected.");
        }
        return this;
    }

    boolean has(int flag) {
        return (flags & flag) == flag;
    }
}
