package org.sluice.linux.kernel;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Memory that the kernel shares with this process: a ring of a socket, or pages of its own. It stays mapped until {@link #close}.
 *
 * <p>The segment has no scope that ends with the mapping, so that hot loops pay for no liveness check: whoever closes must have
 * stopped every thread that still reads or writes it. Closing twice is once.
 */
public final class MemoryMapping implements AutoCloseable {
    private final MemorySegment memory;
    private final AtomicBoolean closed = new AtomicBoolean();

    MemoryMapping(MemorySegment memory) {
        this.memory = requireNonNull(memory, "memory is null");
    }

    /** The mapped bytes. */
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            SystemCalls.unmap(memory);
        }
    }
}
