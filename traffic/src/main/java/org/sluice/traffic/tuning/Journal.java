package org.sluice.traffic.tuning;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.LinuxException;

/**
 * A file that says how settings were before a run changed them. Written and synced before the first change, removed after the last was
 * put back (rename(2), fsync(2)). The run that wrote it holds a lock on it, which the kernel takes away when the process ends, however
 * it ends.
 */
final class Journal implements AutoCloseable {
    static final String SUFFIX = ".tuning";

    private static final String UNFINISHED = ".unfinished";

    /**
     * The journals that this process holds. A lock is the process's own, and goes away when the process closes the file anywhere
     * (fcntl(2)): so it must not even open one that it holds.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private static final String HEADER = "sluice tuning 1";
    private static final String SEPARATOR = " ";
    private static final int WORDS = 6;

    private final Path file;
    private final FileChannel channel;
    private final String bootId;
    private final List<Remembered> remembered;

    private Journal(Path file, FileChannel channel, String bootId, List<Remembered> remembered) {
        this.file = file;
        this.channel = channel;
        this.bootId = bootId;
        this.remembered = List.copyOf(remembered);
    }

    /** Writes a new one; when this returns it survives a power cut. */
    static Journal write(Path directory, String bootId, List<Remembered> remembered) {
        Path file = directory.toAbsolutePath().resolve(UUID.randomUUID() + SUFFIX);
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        HELD.add(file);
        FileChannel channel = null;
        try {
            channel = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            // Before it has the name by which a recovery would find it; the lock stays with the file when it is
            // renamed.
            FileLock _ = channel.lock();
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text(bootId, remembered));
            while (bytes.hasRemaining()) {
                int _ = channel.write(bytes);
            }
            channel.force(true);
            Path _ = Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            sync(directory);
            return new Journal(file, channel, bootId, remembered);
        } catch (IOException failure) {
            closeAfter(channel, failure);
            HELD.remove(file);
            throw unusable(unfinished, failure);
        }
    }

    /** The journals in a directory, in no order; none when it does not exist. */
    static List<Path> list(Path directory) {
        return list(directory, SUFFIX);
    }

    /** Removes what runs that were killed before their first change have begun to write. */
    static void clearUnfinished(Path directory) {
        for (Path file : list(directory, UNFINISHED)) {
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
                throw unusable(file, failure);
            }
        }
    }

    /**
     * Takes over the journal of a run that was killed; empty while its run still works, or has just ended.
     *
     * @throws LinuxException code {@code tuning.journal}, when it is not what a run wrote
     */
    static Optional<Journal> takeOver(Path file) {
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
            Journal journal = parse(file, channel, read(channel).lines().toList());
            taken = true;
            return Optional.of(journal);
        } catch (NoSuchFileException endedMeanwhile) {
            return Optional.empty();
        } catch (IOException failure) {
            throw unusable(file, failure);
        } catch (RuntimeException failure) {
            throw malformed(file, failure);
        } finally {
            if (!taken) {
                close(file, channel);
            }
        }
    }

    /** The boot it was written in: after another one all settings are the kernel's own again. */
    String bootId() {
        return bootId;
    }

    /** In the order in which they were to be changed. */
    List<Remembered> remembered() {
        return remembered;
    }

    /** Removes the file: everything is as it was. */
    void delete() {
        try {
            boolean _ = Files.deleteIfExists(file);
            sync(requireNonNull(file.getParent(), "parent is null"));
        } catch (IOException failure) {
            throw unusable(file, failure);
        }
    }

    /** Lets go of the file; when it was not deleted, a recovery finds it. */
    @Override
    public void close() {
        close(file, channel);
    }

    private static void close(Path file, @Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException failure) {
            throw unusable(file, failure);
        } finally {
            HELD.remove(file);
        }
    }

    private static List<Path> list(Path directory, String suffix) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory.toAbsolutePath())) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix))
                    .toList();
        } catch (IOException failure) {
            throw unusable(directory, failure);
        }
    }

    private static Path finished(Path unfinished) {
        String name = unfinished.getFileName().toString();
        return unfinished.resolveSibling(name.substring(0, name.length() - UNFINISHED.length()));
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // Until it is full or the file ends.
        }
        return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }

    private static String text(String bootId, List<Remembered> remembered) {
        StringBuilder text =
                new StringBuilder(HEADER).append('\n').append(encode(bootId)).append('\n');
        for (Remembered each : remembered) {
            List<String> words = new ArrayList<>(SettingText.write(each.setting()));
            words.add(each.identity());
            words.add(each.value());
            text.append(String.join(
                            SEPARATOR, words.stream().map(Journal::encode).toList()))
                    .append('\n');
        }
        return text.toString();
    }

    private static Journal parse(Path file, FileChannel channel, List<String> lines) {
        if (lines.size() < 2 || !lines.getFirst().equals(HEADER)) {
            throw new IllegalArgumentException("It does not begin with \"" + HEADER + "\".");
        }
        List<Remembered> remembered = new ArrayList<>();
        for (String line : lines.subList(2, lines.size())) {
            List<String> words = Stream.of(line.split(SEPARATOR, -1))
                    .map(word -> URLDecoder.decode(word, StandardCharsets.UTF_8))
                    .toList();
            if (words.size() != WORDS) {
                throw new IllegalArgumentException("A line has " + words.size() + " words, not " + WORDS + ".");
            }
            Setting setting = SettingText.read(words);
            remembered.add(new Remembered(setting, words.get(4), setting.canonical(words.get(5))));
        }
        return new Journal(file, channel, URLDecoder.decode(lines.get(1), StandardCharsets.UTF_8), remembered);
    }

    /** One word without white space, whatever is in it. */
    private static String encode(String word) {
        return URLEncoder.encode(word, StandardCharsets.UTF_8);
    }

    private static void sync(Path directory) throws IOException {
        // A name is only on disk once the directory that holds it is.
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
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

    private static LinuxException unusable(Path path, IOException cause) {
        return new LinuxException(
                "tuning.journal-unusable",
                "The journal of changed settings " + path + " cannot be read or written: " + cause + ".",
                "Check that the file system is mounted, has room, and may be written; nothing is changed without a journal.",
                cause);
    }

    private static LinuxException malformed(Path path, RuntimeException cause) {
        return new LinuxException(
                "tuning.journal",
                "The file " + path + " is not the journal of changed settings that it is named as: "
                        + cause.getMessage(),
                "Look into it for the values that the settings had before, put them back by hand, and delete it.",
                cause);
    }
}
