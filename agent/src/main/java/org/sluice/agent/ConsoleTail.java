package org.sluice.agent;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** The end of a console file. Reads no more of it than it answers. */
final class ConsoleTail {
    /** Most that is answered, bytes: a guest decides how long its console gets. */
    static final int LIMIT = 512 * 1024;

    private ConsoleTail() {}

    /**
     * The last lines of a console; empty when there is no console yet. A byte that is not UTF-8 becomes U+FFFD.
     *
     * @param lines how many, or -1 for all that fits the limit
     */
    static String read(Path console, int lines) {
        if (lines == 0) {
            return "";
        }
        try {
            byte[] now = end(console, LIMIT);
            // What was turned over lately: by us, or by virtlogd, which names it so.
            byte[] before = end(console.resolveSibling(console.getFileName() + ".0"), LIMIT - now.length);
            String text = new String(before, StandardCharsets.UTF_8) + new String(now, StandardCharsets.UTF_8);
            return lines < 0 ? text : last(text, lines);
        } catch (IOException e) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "ConsoleUnreadable",
                            "The console " + console + " cannot be read: " + e + "."),
                    e);
        }
    }

    private static byte[] end(Path file, int limit) throws IOException {
        if (limit == 0 || !Files.exists(file)) {
            return new byte[0];
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(size, limit));
            long at = size - bytes.capacity();
            while (bytes.hasRemaining()) {
                int read = channel.read(bytes, at + bytes.position());
                if (read < 0) {
                    break;
                }
            }
            return Arrays.copyOf(bytes.array(), bytes.position());
        }
    }

    private static String last(String text, int lines) {
        int end = text.endsWith("\n") ? text.length() - 1 : text.length();
        int from = end;
        for (int i = 0; i < lines; i++) {
            int newline = text.lastIndexOf('\n', from - 1);
            if (newline < 0) {
                return text;
            }
            from = newline;
        }
        return text.substring(from + 1);
    }
}
