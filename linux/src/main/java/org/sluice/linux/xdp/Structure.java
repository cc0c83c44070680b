package org.sluice.linux.xdp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;

/**
 * A C structure in memory, its fields set and read by the names they have in the kernel's header. All zero at first, as the kernel
 * wants the fields that it is not told about. For set-up, not for each frame.
 *
 * <p>In bounds: a segment of the layout's own size, and offsets that the layout itself gives for the named fields.
 */
record Structure(StructLayout layout, MemorySegment segment) {
    static Structure allocate(Arena arena, StructLayout layout) {
        return new Structure(layout, arena.allocate(layout));
    }

    Structure u16(String field, int value) {
        segment.set(JAVA_SHORT, offset(field), (short) value);
        return this;
    }

    Structure u32(String field, int value) {
        segment.set(JAVA_INT, offset(field), value);
        return this;
    }

    Structure u64(String field, long value) {
        segment.set(JAVA_LONG, offset(field), value);
        return this;
    }

    /** Sets a field of characters; the last one stays zero. */
    Structure text(String field, String value) {
        PathElement path = PathElement.groupElement(field);
        long room = layout.select(path).byteSize();
        byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length >= room) {
            throw new IllegalArgumentException(
                    "\"" + value + "\" is too long for the " + room + " bytes of " + field + ".");
        }
        // In bounds: the field has more bytes than the text, as was just checked.
        segment.asSlice(layout.byteOffset(path), room).copyFrom(MemorySegment.ofArray(bytes));
        return this;
    }

    int u32(String field) {
        return segment.get(JAVA_INT, offset(field));
    }

    long u64(String field) {
        return segment.get(JAVA_LONG, offset(field));
    }

    /** The structure inside this one. */
    Structure nested(String field) {
        PathElement path = PathElement.groupElement(field);
        StructLayout inner = (StructLayout) layout.select(path);
        return new Structure(inner, segment.asSlice(layout.byteOffset(path), inner));
    }

    private long offset(String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }
}
