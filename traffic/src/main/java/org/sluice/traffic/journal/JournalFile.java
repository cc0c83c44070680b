package org.sluice.traffic.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.LinuxException;
import org.sluice.linux.file.DurableFiles;

/**
 * A journal on disk. Written and synced before the first thing that it remembers is done, removed after the last was undone (rename(2),
 * fsync(2)). The run that wrote it holds a lock on it, which the kernel takes away when the process ends, however it ends.
 *
 * <p>All methods throw {@link LinuxException} with the code of the {@link JournalKind} when the file system does not do as it is
 * asked. Not for an interrupted thread: the interruption would close the file. For one thread.
 */
public final class JournalFile implements AutoCloseable {
    /**
     * The journals that this process holds. A lock is the process's own, and goes away when the process closes the file anywhere
     * (fcntl(2)): so it must not even open one that it holds.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final JournalKind kind;
    private final Path path;
    private final FileChannel channel;
    private final String text;

    private JournalFile(JournalKind kind, Path path, FileChannel channel, String text) {
        this.kind = kind;
        this.path = path;
        this.channel = channel;
        this.text = text;
    }

    /**
     * Writes a new one; when this returns it survives a power cut.
     *
     * @param directory is made if need be
     */
    public static JournalFile write(JournalKind kind, Path directory, String text) {
        try {
            Path _ = Files.createDirectories(directory);
        } catch (IOException failure) {
            throw kind.noFolder(directory, failure);
        }
        Path file = directory.toAbsolutePath().resolve(UUID.randomUUID() + kind.suffix());
        Path unfinished = file.resolveSibling(file.getFileName() + DurableFiles.UNFINISHED);
        HELD.add(file);
        FileChannel channel = null;
        try {
            channel = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            // Before it has the name by which a recovery would find it; the lock stays with the file when it is
            // renamed. That is why DurableFiles, which closes what it has written, does not write it.
            FileLock _ = channel.lock();
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                int _ = channel.write(bytes);
            }
            channel.force(true);
            Path _ = Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.sync(directory);
            return new JournalFile(kind, file, channel, text);
        } catch (IOException failure) {
            closeAfter(channel, failure);
            HELD.remove(file);
            throw kind.unusable(unfinished, failure);
        }
    }

    /** The journals in a directory, in no order; none when it does not exist. */
    public static List<Path> list(JournalKind kind, Path directory) {
        return list(kind, directory, kind.suffix());
    }

    /** Removes what runs that were killed before they did anything have begun to write. */
    public static void clearUnfinished(JournalKind kind, Path directory) {
        for (Path file : list(kind, directory, kind.suffix() + DurableFiles.UNFINISHED)) {
            if (HELD.contains(finished(file))) {
                continue;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                if (channel.tryLock() != null) {
                    boolean _ = Files.deleteIfExists(file);
                }
            } catch (NoSuchFileException finishedMeanwhile) {
                // Its run works: the file has its real name now.
            } catch (IOException failure) {
                throw kind.unusable(file, failure);
            }
        }
    }

    /** Takes over the journal of a run that was killed; empty while its run still works, or has just ended. */
    public static Optional<JournalFile> takeOver(JournalKind kind, Path file) {
        if (!HELD.add(file)) {
            return Optional.empty();
        }
        FileChannel channel = null;
        boolean taken = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null || !Files.exists(file)) {
                return Optional.empty();
            }
            JournalFile journal = new JournalFile(kind, file, channel, read(channel));
            taken = true;
            return Optional.of(journal);
        } catch (NoSuchFileException endedMeanwhile) {
            return Optional.empty();
        } catch (IOException failure) {
            throw kind.unusable(file, failure);
        } finally {
            if (!taken) {
                close(kind, file, channel);
            }
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** What was written, byte for byte; the caller checks whether it makes sense. */
    public String text() {
        return text;
    }

    /** Removes the file: everything is as it was. */
    public void delete() {
        try {
            DurableFiles.delete(path);
        } catch (IOException failure) {
            throw kind.unusable(path, failure);
        }
    }

    /** Lets go of the file; when it was not deleted, a recovery finds it. */
    @Override
    public void close() {
        close(kind, path, channel);
    }

    private static void close(JournalKind kind, Path file, @Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException failure) {
            throw kind.unusable(file, failure);
        } finally {
            HELD.remove(file);
        }
    }

    private static List<Path> list(JournalKind kind, Path directory, String suffix) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory.toAbsolutePath())) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix))
                    .toList();
        } catch (IOException failure) {
            throw kind.unusable(directory, failure);
        }
    }

    private static Path finished(Path unfinished) {
        String name = unfinished.getFileName().toString();
        return unfinished.resolveSibling(name.substring(0, name.length() - DurableFiles.UNFINISHED.length()));
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // Until it is full or the file ends.
        }
        return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }

    private static void closeAfter(@Nullable FileChannel channel, Exception failure) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException second) {
            failure.addSuppressed(second);
        }
    }
}
