package org.sluice.linux.netlink;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run of netlink attributes in received bytes, read as they are asked for. Not for several threads at once. */
public final class Attributes implements Iterable<Attribute> {
    private final ByteBuffer bytes;

    /** @param bytes from position to limit: attributes, each padded to four bytes; the buffer's position is not moved */
    public Attributes(ByteBuffer bytes) {
        this.bytes = requireNonNull(bytes, "bytes is null").slice().order(ByteOrder.nativeOrder());
    }

    /** The first attribute of the type. */
    public Optional<Attribute> find(int type) {
        for (Attribute attribute : this) {
            if (attribute.type() == type) {
                return Optional.of(attribute);
            }
        }
        return Optional.empty();
    }

    /** Iterates in the order of the message; throws {@link MalformedMessageException} where a length does not fit. */
    @Override
    public Iterator<Attribute> iterator() {
        return new Iterator<>() {
            private int offset;
            private @Nullable Attribute next = read();

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public Attribute next() {
                Attribute current = next;
                if (current == null) {
                    throw new NoSuchElementException("There are no more attributes.");
                }
                next = read();
                return current;
            }

            private @Nullable Attribute read() {
                int left = bytes.limit() - offset;
                if (left < Netlink.ATTRIBUTE_HEADER_LENGTH) {
                    return null;
                }
                int length = bytes.getShort(offset) & 0xFFFF;
                if (length < Netlink.ATTRIBUTE_HEADER_LENGTH || length > left) {
                    throw new MalformedMessageException(
                            "A netlink attribute claims " + length + " bytes where its message has " + left + " left.");
                }
                Attribute attribute = Attribute.of(
                        bytes.getShort(offset + 2) & 0xFFFF,
                        bytes.slice(offset + Netlink.ATTRIBUTE_HEADER_LENGTH, length - Netlink.ATTRIBUTE_HEADER_LENGTH)
                                .order(ByteOrder.nativeOrder()));
                offset += Netlink.align(length);
                return attribute;
            }
        };
    }
}
