package org.sluice.controller.image.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Where uploads wait on their way into the database, and what they may take: bytes of one image, bytes of the disk, uploads at
 * once of all and of one project, time, writers at once. Thread-safe.
 */
public final class UploadRoom {
    /** Longer than any two images take; a wait that is not bounded would hide a database that stands still. */
    private static final long LONGEST_TURN_MINUTES = 60;

    /** Some images are through by then. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    private final Path directory;
    private final ImageLimits limits;
    private final boolean databaseIsBeside;
    private final LongSupplier usableBytes;
    private final Semaphore uploads;
    private final Semaphore copies;
    /** Uploads that are let in; only of projects that have one. */
    private final Map<String, Integer> ofProjects = new ConcurrentHashMap<>();

    /**
     * Room in that directory.
     *
     * @param directory should not be in memory; made when it is missing
     * @param databaseIsBeside whether the database's files are on the same disk, so that an image needs its size twice until
     *     it is stored
     */
    public static UploadRoom in(Path directory, ImageLimits limits, boolean databaseIsBeside) {
        return new UploadRoom(directory, limits, databaseIsBeside, () -> usable(directory));
    }

    /** As {@link #in}, with somebody else's word for how many bytes the disk has left. */
    public UploadRoom(Path directory, ImageLimits limits, boolean databaseIsBeside, LongSupplier usableBytes) {
        this.directory = requireNonNull(directory, "directory is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.databaseIsBeside = databaseIsBeside;
        this.usableBytes = requireNonNull(usableBytes, "usableBytes is null");
        this.uploads = new Semaphore(limits.uploads());
        this.copies = new Semaphore(limits.copies(), true);
    }

    /** A place among those that are let in at once; closing it lets the next one in. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    Path directory() {
        return directory;
    }

    /**
     * Lets one more upload in.
     *
     * @param project whose it is
     * @param promised its size in bytes, 0 when that is not known
     * @throws ProblemException 413 when that is too much for one image, 429 when too many others of the project come in, 503
     *     when too many of all do, 507 when the disk has no room for it
     */
    Place enter(String project, long promised) {
        requireAllowed(promised);
        requireDisk(databaseIsBeside ? 2 * promised : promised);
        if (ofProjects.merge(project, 1, Integer::sum) > limits.uploadsOfProject()) {
            leave(project);
            throw busy(
                    Problem.Kind.TOO_MANY_REQUESTS,
                    limits.uploadsOfProject()
                            + " images of this project are being uploaded to this controller, and it takes no more of"
                            + " one project at once.");
        }
        if (!uploads.tryAcquire()) {
            leave(project);
            throw busy(
                    Problem.Kind.UNAVAILABLE,
                    limits.uploads() + " images are being uploaded to this controller, and it takes no more at once.");
        }
        return () -> {
            uploads.release();
            leave(project);
        };
    }

    private void leave(String project) {
        ofProjects.computeIfPresent(project, (_, count) -> count == 1 ? null : count - 1);
    }

    /** Refuses an upload that keeps its place for too long: however slow a sender may be at any moment, it must end. */
    void requireInTime(Duration sinceBegin) {
        if (sinceBegin.compareTo(limits.longestUpload()) > 0) {
            throw new Problem(
                            Problem.Kind.REQUEST_TIMEOUT,
                            "UploadTooSlow",
                            "The image data was not complete after "
                                    + limits.longestUpload().toMinutes()
                                    + " minutes, which is the longest that one upload may take.",
                            Optional.of("Send it over a faster connection, or make it smaller."))
                    .asException();
        }
    }

    /** Refuses an image that grew larger than allowed. */
    void requireAllowed(long size) {
        if (size > limits.largestImage()) {
            throw new Problem(
                            Problem.Kind.TOO_LARGE,
                            "ImageTooLarge",
                            "The image has more than " + limits.largestImage()
                                    + " bytes, which is the most that this cloud takes for one image.",
                            Optional.of("Make it smaller, as 'qemu-img convert -c -O qcow2' does with unused space."))
                    .asException();
        }
    }

    /** How many bytes the disk has left, the reserve included. */
    public long freeBytes() {
        return usableBytes.getAsLong();
    }

    /** Refuses what would not leave the reserve free. */
    void requireDisk(long needed) {
        long left = freeBytes() - limits.reserve();
        if (left < needed) {
            throw new Problem(
                            Problem.Kind.INSUFFICIENT_STORAGE,
                            "ImageStorageFull",
                            "The image does not fit on the controller's disk, some of which stays reserved for the"
                                    + " database.",
                            Optional.of("Delete images that nobody needs, or give the data directory more room."))
                    .asException();
        }
    }

    /** As {@link #requireDisk}, before bytes go into the database; nothing is known of a disk elsewhere. */
    void requireDatabaseDisk(long needed) {
        if (databaseIsBeside) {
            requireDisk(needed);
        }
    }

    /** Waits for a turn to write into the database. */
    Place takeTurn() {
        try {
            if (!copies.tryAcquire(LONGEST_TURN_MINUTES, TimeUnit.MINUTES)) {
                throw busy(
                        Problem.Kind.UNAVAILABLE,
                        "Other images have been written into the database for an hour, and this one had no turn.");
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new ProblemException(
                    Problem.of(Problem.Kind.UNAVAILABLE, "Closing", "The controller is closing; ask another one."),
                    closing);
        }
        return copies::release;
    }

    private static ProblemException busy(Problem.Kind kind, String sentence) {
        return new Problem(kind, "TooManyUploads", sentence, Optional.of("Try again later."))
                .retryAfter(RETRY_AFTER)
                .asException();
    }

    private static long usable(Path directory) {
        try {
            Files.createDirectories(directory);
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException cause) {
            throw new UncheckedIOException("the room in " + directory + " cannot be read", cause);
        }
    }
}
