package org.sluice.linux.kernel;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicBoolean;

/** An open file of this process, closed once. Thread-safe, but do not close it while another thread is inside a call on it. */
public final class FileDescriptor implements AutoCloseable {
    private final int number;
    private final String name;
    private final AtomicBoolean closed = new AtomicBoolean();

    FileDescriptor(int number, String name) {
        this.number = number;
        this.name = requireNonNull(name, "name is null");
    }

    /** The number the kernel knows it by. A closed file throws: its number may already be another file's. */
    public int number() {
        if (closed.get()) {
            throw new IllegalStateException("The file " + name + " is closed.");
        }
        return number;
    }

    /** What was opened, for sentences to people. */
    public String name() {
        return name;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            SystemCalls.close(number);
        }
    }
}
