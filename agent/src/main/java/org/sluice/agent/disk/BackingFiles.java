package org.sluice.agent.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which files the disks below a folder are laid over, as their headers say (docs/interop/qcow2.rst of QEMU, "Header"). Stateless.
 */
final class BackingFiles {
    /** "QFI" and 0xFB. */
    private static final int MAGIC = 0x514649FB;

    private static final int HEADER_LENGTH = 20;
    private static final int OFFSET_AT = 8;
    private static final int LENGTH_AT = 16;

    /** The format's own bound. */
    private static final int LONGEST_NAME = 1023;

    private BackingFiles() {}

    /** The names, without their folders, of all files that some disk in a folder of that folder is laid over. */
    static Set<String> below(Path folder) {
        Set<String> names = new HashSet<>();
        try {
            for (Path server : list(folder)) {
                for (Path file : list(server)) {
                    of(file).map(Path::of)
                            .map(Path::getFileName)
                            .map(Path::toString)
                            .ifPresent(names::add);
                }
            }
        } catch (IOException cause) {
            throw new UncheckedIOException("the disks below " + folder + " cannot be looked through", cause);
        }
        return names;
    }

    /** What is in a folder; nothing in one that goes meanwhile, and in what is none. */
    private static List<Path> list(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(found::add);
        } catch (NoSuchFileException | NotDirectoryException gone) {
            return List.of();
        } catch (DirectoryIteratorException failure) {
            throw failure.getCause();
        }
        return found;
    }

    private static Optional<String> of(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = read(channel, 0, HEADER_LENGTH);
            if (header.remaining() < HEADER_LENGTH || header.getInt(0) != MAGIC) {
                return Optional.empty();
            }
            long offset = header.getLong(OFFSET_AT);
            int length = header.getInt(LENGTH_AT);
            if (offset <= 0 || length <= 0 || length > LONGEST_NAME) {
                return Optional.empty();
            }
            return Optional.of(
                    StandardCharsets.UTF_8.decode(read(channel, offset, length)).toString());
        } catch (NoSuchFileException gone) {
            // A server that goes meanwhile needs nothing any more.
            return Optional.empty();
        }
    }

    private static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            int read = channel.read(bytes, at + bytes.position());
            if (read < 0) {
                break;
            }
        }
        return bytes.flip();
    }
}
