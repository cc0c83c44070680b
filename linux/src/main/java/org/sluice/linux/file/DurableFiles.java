package org.sluice.linux.file;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/**
 * Files each of which has all of its old content or all of its new one, whenever the process or the machine stops.
 *
 * <p>The content goes to a file beside it, which is synced (fsync(2)) and takes its name (rename(2)), and then the directory that
 * holds the name is synced. Without the first sync a loss of power could leave the name on a file that is empty, because a file
 * system may write names before contents; without the second the name could still be the old one's, and two files could come to
 * disk in the other order than they were written in. What a failure leaves of the file beside is removed; what a kill leaves is
 * replaced by the next write.
 *
 * <p>Different files may be written at the same time; the caller serialises those of one name. Not for an interrupted thread: the
 * interruption closes the file, and it is as if nothing had been written. Stateless.
 */
public final class DurableFiles {
    /** What stands behind the name of a file that is not whole yet. */
    public static final String UNFINISHED = ".unfinished";

    private DurableFiles() {}

    /**
     * Writes a file, or replaces what it had; when this returns, it survives a loss of power.
     *
     * @param attributes of the new file, also where an old one had others: who may read it, as far as the process's mask of modes
     *     lets them
     * @throws IOException when it could not be written: it is as it was, or, when only the directory could not be synced, as it
     *     shall be
     */
    public static void write(Path file, byte[] content, FileAttribute<?>... attributes) throws IOException {
        put(file, content, true, attributes);
        sync(directory(file));
    }

    /** The same for what says nothing after a loss of power, and so need not wait for the disk: it survives a kill. */
    public static void replace(Path file, byte[] content, FileAttribute<?>... attributes) throws IOException {
        put(file, content, false, attributes);
    }

    /** Removes a file for good; nothing happens when there is none. */
    public static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            sync(directory(file));
        }
    }

    /** Has the disk hold the names of the directory as they are now: after one was given, changed or taken. */
    public static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void put(Path file, byte[] content, boolean synced, FileAttribute<?>... attributes)
            throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        // One that was left has the attributes that it was made with, and may be open elsewhere.
        Files.deleteIfExists(unfinished);
        try {
            try (FileChannel channel = FileChannel.open(
                    unfinished, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                if (synced) {
                    channel.force(true);
                }
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            removeAfter(unfinished, failure);
            throw failure;
        }
    }

    private static void removeAfter(Path unfinished, IOException failure) {
        try {
            Files.deleteIfExists(unfinished);
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }

    private static Path directory(Path file) {
        return requireNonNull(file.toAbsolutePath().getParent(), "a file is in a directory");
    }
}
