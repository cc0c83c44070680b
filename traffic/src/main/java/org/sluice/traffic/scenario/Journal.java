package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
import java.util.concurrent.ConcurrentHashMap;
import org.sluice.linux.LinuxException;

/**
 * What one path has made, a line each, on the disk before it is made (fsync(2)). Its owner holds a lock on the file, which the kernel
 * takes back when the owner dies however it dies: a journal without a lock is one to clear up. For one thread, which must not be
 * interrupted meanwhile: the channel would close.
 */
final class Journal implements AutoCloseable {
    static final String SUFFIX = ".journal";
    private static final String UNFINISHED = ".unfinished";

    /**
     * Those of this process. A lock belongs to a process, and the kernel takes it back as soon as the process closes the file anywhere
     * (fcntl(2)): nobody here may open one a second time.
     */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private Journal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
        boolean _ = OWN.add(file.toAbsolutePath());
    }

    /** A new one, empty. */
    static Journal create(Path directory, String name) {
        Path file = directory.resolve(name + SUFFIX);
        Path unfinished = directory.resolve(name + UNFINISHED);
        try {
            Path _ = Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(
                    unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                // Locked before it has its name: nobody can take it for abandoned in between.
                requireNonNull(channel.tryLock(), "somebody locked a file that only we know");
                Path _ = Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
                sync(directory);
                return new Journal(file, channel);
            } catch (IOException | RuntimeException failure) {
                channel.close();
                boolean _ = Files.deleteIfExists(unfinished);
                throw failure;
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("The journal " + file + " cannot be made.", failure);
        }
    }

    /** One whose owner is dead; empty when the owner lives or it is gone. */
    static Optional<Journal> abandoned(Path file) {
        if (OWN.contains(file.toAbsolutePath())) {
            return Optional.empty();
        }
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                channel.close();
                return Optional.empty();
            }
            return Optional.of(new Journal(file, channel));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException failure) {
            throw new UncheckedIOException("The journal " + file + " cannot be read.", failure);
        }
    }

    /** Writes down what is about to be made; when this returns, it survives a power cut. */
    void append(Made made) {
        try {
            write(made.line() + "\n");
            channel.force(false);
        } catch (IOException failure) {
            throw new UncheckedIOException("The journal " + file + " cannot be written.", failure);
        }
    }

    /**
     * What was made, in order. A line that was cut short by a power cut was about something that was never made.
     *
     * @throws LinuxException code {@code scenario.journal} when it is not what we write
     */
    List<Made> entries() {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
            while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) > 0) {
                // Until all is there.
            }
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            List<Made> entries = new ArrayList<>();
            for (String line :
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                entries.add(Made.parse(line));
            }
            return entries;
        } catch (IllegalArgumentException foreign) {
            throw new LinuxException(
                    "scenario.journal",
                    "The file " + file + " is no journal of a test path: " + foreign.getMessage(),
                    "Look what it is; remove it when nothing that it names is there any more.",
                    foreign);
        } catch (IOException failure) {
            throw new UncheckedIOException("The journal " + file + " cannot be read.", failure);
        }
    }

    /** Keeps only these. */
    void replace(List<Made> left) {
        try {
            FileChannel _ = channel.truncate(0);
            FileChannel _ = channel.position(0);
            StringBuilder text = new StringBuilder();
            left.forEach(made -> text.append(made.line()).append('\n'));
            write(text.toString());
            channel.force(false);
        } catch (IOException failure) {
            throw new UncheckedIOException("The journal " + file + " cannot be written.", failure);
        }
    }

    /** Nothing is left: removes it. */
    void delete() {
        try {
            boolean _ = Files.deleteIfExists(file);
        } catch (IOException failure) {
            throw new UncheckedIOException("The journal " + file + " cannot be removed.", failure);
        }
    }

    private void write(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            int _ = channel.write(bytes);
        }
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Lets go of the lock. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException("The journal " + file + " cannot be closed.", failure);
        } finally {
            boolean _ = OWN.remove(file.toAbsolutePath());
        }
    }
}
