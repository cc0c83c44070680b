package org.sluice.controller.http.door;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;

/**
 * A request's body in the heap. Its share of the bytes in flight goes back when the request is answered; whoever keeps the bytes
 * longer keeps them uncounted.
 */
public final class Entity {
    private final byte[] bytes;
    private final int size;
    private final HeapBudget.Held held;

    Entity(byte[] bytes, int size, HeapBudget.Held held) {
        this.bytes = bytes;
        this.size = size;
        this.held = held;
    }

    /** How many bytes it has. */
    public int size() {
        return size;
    }

    /** Its bytes, without a copy. */
    public InputStream stream() {
        return new ByteArrayInputStream(bytes, 0, size);
    }

    /** A copy of its bytes. */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    HeapBudget.Held held() {
        return held;
    }
}
