package org.sluice.controller.observation;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.store.Chore;

/**
 * Looks at the room on the data directory's disk every few seconds, because nothing says when it ends: a disk with less than the
 * reserve takes no image any more, and soon nothing else. When that begins and when it is over is said once. Thread-safe.
 */
public final class DiskWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DiskWatch.class);
    private static final Duration LOOK = Duration.ofSeconds(5);
    /** It is over when there is a sixteenth more than the reserve: a database that writes goes to and fro across a line. */
    private static final int MARGIN = 16;

    private final Path directory;
    private final LongSupplier free;
    private final long reserved;
    private final Consumer<String> news;
    private final Chore chore;
    private volatile long seen;
    private volatile boolean isShort;

    private DiskWatch(Path directory, LongSupplier free, long reserved, Consumer<String> news, Duration look) {
        this.directory = requireNonNull(directory, "directory is null");
        this.free = requireNonNull(free, "free is null");
        this.reserved = reserved;
        this.news = requireNonNull(news, "news is null");
        this.seen = reserved;
        this.chore = Chore.every(look, "look at the disk", this::look);
    }

    /**
     * Begins to watch.
     *
     * @param directory is on the disk; for people
     * @param free bytes that the disk has left
     * @param reserved bytes that should always be left
     * @param news gets a line when it becomes short of room, and when it has room again; the log has the same
     */
    public static DiskWatch start(Path directory, LongSupplier free, long reserved, Consumer<String> news) {
        return start(directory, free, reserved, news, LOOK);
    }

    static DiskWatch start(Path directory, LongSupplier free, long reserved, Consumer<String> news, Duration look) {
        return new DiskWatch(directory, free, reserved, news, look);
    }

    private void look() {
        long now = free.getAsLong();
        seen = now;
        if (!isShort && now < reserved) {
            isShort = true;
            String sentence = sentence(now);
            log.warn("{}", sentence);
            news.accept(sentence);
        } else if (isShort && now >= reserved + reserved / MARGIN) {
            isShort = false;
            String sentence = "The disk of " + directory + " has room again: " + mebibytes(now) + ".";
            log.info("{}", sentence);
            news.accept(sentence);
        }
    }

    private String sentence(long now) {
        return "The disk of " + directory + " has " + mebibytes(now) + " left, less than the reserve of "
                + mebibytes(reserved)
                + " (images.disk-reserve): images are refused now, and every change once it is full."
                + " Make room on it.";
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    /** Bytes that were left when it looked last. */
    long free() {
        return seen;
    }

    /** Bytes that should always be left. */
    long reserved() {
        return reserved;
    }

    /** That there is less, in a sentence. */
    Optional<String> shortage() {
        return isShort ? Optional.of(sentence(seen)) : Optional.empty();
    }

    @Override
    public void close() {
        chore.close();
    }
}
