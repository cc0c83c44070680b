package org.sluice.controller.store;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * What uploads leave of a file system: PostgreSQL shuts down when its log cannot grow, and every request needs it, while an
 * upload can be made again. Thread-safe.
 *
 * @param directory a directory of the file system
 * @param bytes how much is kept back
 */
public record DiskReserve(Path directory, long bytes) {
    /** Four segments of PostgreSQL's write-ahead log of 16 MiB each: one written, one ahead, two for a checkpoint that is late. */
    public static final long BYTES = 64L << 20;

    /** The log grows to about this before it is used again, {@code max_wal_size} of {@link EmbeddedPostgres}. */
    private static final long LARGEST_LOG = 256L << 20;

    /** Checks for null. */
    public DiskReserve {
        requireNonNull(directory, "directory is null");
    }

    /** Keeps {@link #BYTES}. */
    public static DiskReserve of(Path directory) {
        return new DiskReserve(directory, BYTES);
    }

    /**
     * Refuses to write a file when that would touch the reserve.
     *
     * @param more number of bytes to be written
     * @throws ProblemException of kind INSUFFICIENT_STORAGE
     */
    public void require(long more) throws IOException {
        long usable = Files.getFileStore(directory).getUsableSpace();
        if (usable - more < bytes) {
            throw Problem.of(
                            Problem.Kind.INSUFFICIENT_STORAGE,
                            "InsufficientStorage",
                            String.format(
                                    Locale.ROOT,
                                    "The controller's disk has %d MiB left, which is not enough to take the data and keep"
                                            + " %d MiB for the database.",
                                    usable >> 20,
                                    bytes >> 20))
                    .asException();
        }
    }

    /** The same for bytes that go into the database on this file system: table and log. */
    public void requireInDatabase(long more) throws IOException {
        require(more + Math.min(more, LARGEST_LOG));
    }
}
