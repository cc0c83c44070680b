package org.sluice.agent.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Keeps console files within bounds where nobody else does: virtlogd turns them over at 2 MiB, and with
 * {@code stdio_handler = "file"} QEMU writes for ever. What was there goes to a file beside it, named as virtlogd names it; QEMU
 * writes at the end, wherever that is ({@code append='on'}). Stateless.
 */
final class Consoles {
    /** Longest that a console gets, bytes, but for what a guest writes between two looks. */
    static final long LONGEST = 4L * 1024 * 1024;

    private static final int BUFFER = 64 * 1024;

    private Consoles() {}

    /** Turns a console over that is longer than it may be. */
    static void trim(Path console) {
        try (FileChannel channel = FileChannel.open(console, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            long size = channel.size();
            if (size <= LONGEST) {
                return;
            }
            Path before = console.resolveSibling(console.getFileName() + ".0");
            Path partial = console.resolveSibling(console.getFileName() + ".partial");
            try (FileChannel copy = FileChannel.open(
                    partial,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                long at = size - LONGEST;
                while (at < size) {
                    long moved = channel.transferTo(at, Math.min(BUFFER, size - at), copy);
                    if (moved <= 0) {
                        break;
                    }
                    at += moved;
                }
            }
            Files.move(partial, before, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            channel.truncate(0);
        } catch (NoSuchFileException none) {
            // A server that never ran has none.
        } catch (IOException cause) {
            throw new UncheckedIOException("the console " + console + " cannot be shortened", cause);
        }
    }
}
