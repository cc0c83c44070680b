package org.sluice.linux.kernel;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.sluice.linux.LinuxException;

/**
 * Writes sysfs attributes that a driver may sit on for ever: making VFs, unbinding a driver while the device is in use. Thread-safe.
 *
 * <p>Each write has a thread of its own. One that does not come back cannot be called off, because the kernel does not let go of
 * it; its thread stays until the driver answers, and the caller learns of it as an error. The same write again waits for it and
 * begins no second one.
 */
public final class BoundedWriter {
    private final AttributeWriter writer;
    private final Duration bound;
    private final Map<Write, FutureTask<Path>> underWay = new ConcurrentHashMap<>();

    private record Write(Path attribute, String value) {}

    /** @param bound how long to wait for a write, more than zero */
    public BoundedWriter(AttributeWriter writer, Duration bound) {
        this.writer = requireNonNull(writer, "writer is null");
        this.bound = requireNonNull(bound, "bound is null");
        if (!bound.isPositive()) {
            throw new IllegalArgumentException("The time bound of a sysfs write must be more than zero.");
        }
    }

    /**
     * Writes and waits.
     *
     * @throws SystemCallException with the kernel's number
     * @throws LinuxException code {@code sysfs.hangs}, when the bound has passed
     */
    public void write(Path attribute, String value) {
        Write write = new Write(attribute, value);
        FutureTask<Path> task = underWay.computeIfAbsent(write, _ -> begin(attribute, value));
        try {
            Path _ = task.get(bound.toNanos(), TimeUnit.NANOSECONDS);
            underWay.remove(write, task);
        } catch (TimeoutException hangs) {
            throw new LinuxException(
                    "sysfs.hangs",
                    "The driver has not answered within " + bound.toMillis() / 1000.0 + " seconds to \"" + value
                            + "\" written to " + attribute + ".",
                    "See whether a program still holds the device, look at the kernel's log (dmesg), and reload the driver or"
                            + " restart the machine if it stays so.",
                    hangs);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new LinuxException(
                    "sysfs.interrupted",
                    "Waiting for \"" + value + "\" written to " + attribute
                            + " was interrupted; the kernel may still do it.",
                    "Read the attribute back to see what became of it.",
                    interruption);
        } catch (ExecutionException failure) {
            underWay.remove(write, task);
            Throwable cause = requireNonNull(failure.getCause(), "cause is null");
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new IllegalStateException("Writing " + attribute + " failed.", cause);
        }
    }

    private FutureTask<Path> begin(Path attribute, String value) {
        FutureTask<Path> task = new FutureTask<>(() -> writer.write(attribute, value), attribute);
        // A platform thread and a daemon: the system call pins it, perhaps for ever, and must not keep the program
        // alive.
        Thread _ = Thread.ofPlatform()
                .name("write " + attribute.getFileName())
                .daemon()
                .start(task);
        return task;
    }
}
