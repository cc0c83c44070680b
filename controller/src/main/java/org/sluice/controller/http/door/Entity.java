package org.sluice.controller.http.door;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A request's body in the heap. Its share of the bytes in flight goes back with {@link #close}, at the latest when the request
 * is answered; whoever keeps the bytes longer keeps them uncounted. Thread-safe.
 */
public final class Entity implements AutoCloseable {
    private final byte[] bytes;
    private final int size;
    private final AtomicInteger held;
    private final InFlightBytes budget;

    Entity(byte[] bytes, int size, int held, InFlightBytes budget) {
        this.bytes = bytes;
        this.size = size;
        this.held = new AtomicInteger(held);
        this.budget = budget;
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

    @Override
    public void close() {
        budget.giveBack(held.getAndSet(0));
    }
}
