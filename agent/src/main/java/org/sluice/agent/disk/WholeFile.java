package org.sluice.agent.disk;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.sluice.linux.file.DurableFiles;

/** Files that are whole under their final name, also after a loss of power: tools write beside it. */
final class WholeFile {
    private WholeFile() {}

    /** Writes the file under the name that it is given. */
    @FunctionalInterface
    interface Maker {
        void make(Path partial) throws IOException;
    }

    static Path make(Path file, Maker maker) {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            Files.deleteIfExists(partial);
            maker.make(partial);
            try (FileChannel written = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.sync(requireNonNull(file.getParent(), "a file has a folder"));
            return file;
        } catch (IOException cause) {
            throw new UncheckedIOException(file + " cannot be made", cause);
        }
    }
}
