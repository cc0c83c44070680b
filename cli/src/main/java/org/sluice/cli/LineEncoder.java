package org.sluice.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event as one line that begins with its time, and each line of its stack trace after {@code "    | "}. Names and
 * values of users' making stand in messages, so that everything which is no printable character is written as an escape: nobody
 * can write a line of his own, nor speak to the terminal of whoever reads it. Thread-safe.
 */
final class LineEncoder extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final String CONTINUED = "    | ";
    private static final int LONGEST_TEXT = 4096;
    private static final int MOST_FRAMES = 60;
    private static final int MOST_CAUSES = 8;
    private static final byte[] NOTHING = {};

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder lines = new StringBuilder(256);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), lines);
        lines.append(' ').append(String.format(Locale.ROOT, "%-5s", event.getLevel())).append(" [");
        escape(event.getThreadName(), lines);
        lines.append("] ");
        escape(event.getLoggerName(), lines);
        lines.append(" - ");
        escape(event.getFormattedMessage(), lines);
        lines.append('\n');
        int causes = 0;
        for (IThrowableProxy thrown = event.getThrowableProxy();
                thrown != null && causes < MOST_CAUSES;
                thrown = thrown.getCause(), causes++) {
            lines.append(CONTINUED).append(causes == 0 ? "" : "Caused by: ").append(thrown.getClassName()).append(": ");
            escape(thrown.getMessage(), lines);
            lines.append('\n');
            frames(thrown, lines);
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void frames(IThrowableProxy thrown, StringBuilder lines) {
        StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
        int own = frames.length - thrown.getCommonFrames();
        for (int i = 0; i < Math.min(own, MOST_FRAMES); i++) {
            lines.append(CONTINUED).append("  ").append(frames[i].getSTEAsString()).append('\n');
        }
        if (frames.length > Math.min(own, MOST_FRAMES)) {
            lines.append(CONTINUED)
                    .append("  ... ")
                    .append(frames.length - Math.min(own, MOST_FRAMES))
                    .append(" more\n");
        }
    }

    private static void escape(@Nullable String text, StringBuilder line) {
        if (text == null) {
            line.append("no message");
            return;
        }
        int end = Math.min(text.length(), LONGEST_TEXT);
        for (int i = 0; i < end; ) {
            int character = text.codePointAt(i);
            if (isPrintable(character)) {
                line.appendCodePoint(character);
            } else {
                switch (character) {
                    case '\n' -> line.append("\\n");
                    case '\r' -> line.append("\\r");
                    case '\t' -> line.append("\\t");
                    default -> line.append(String.format(Locale.ROOT, "\\u%04x", character));
                }
            }
            i += Character.charCount(character);
        }
        if (end < text.length()) {
            line.append("... (").append(text.length() - end).append(" more characters)");
        }
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            // Format characters turn the direction of text; a surrogate here has lost its other half.
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
