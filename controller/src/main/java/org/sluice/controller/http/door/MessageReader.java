package org.sluice.controller.http.door;

import static org.sluice.controller.http.door.Refusal.bad;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import io.helidon.webserver.CloseConnectionException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Reads a connection's requests ahead of Helidon and gives them on piece by piece: a head only when it is complete and sound, of
 * a body at most {@value #PIECE} bytes at a time and never a byte beyond its end, chunks in small ones of its own without
 * extensions and trailers. What Helidon asks for decides what the client is waited for, and how long. Used by the connection's
 * thread.
 */
final class MessageReader implements Supplier<byte @Nullable []> {
    static final int PIECE = 8 << 10;

    /** An unread rest of a body up to this is read away, so that the connection can be used again. */
    private static final int READ_AWAY = 64 << 10;

    private static final int LONGEST_CHUNK_LINE = 256;
    private static final int LONGEST_TRAILERS = 8 << 10;
    private static final int MOST_SIZE_DIGITS = 15;
    /** Between the method and the version of a request line, and around them. */
    private static final int REQUEST_LINE_WITHOUT_TARGET = 64;

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};

    /** Where in a message the next byte is. */
    private enum Place {
        HEAD,
        BODY_OF_KNOWN_LENGTH,
        CHUNK_SIZE,
        CHUNK,
        /** Nothing more is read. */
        OVER
    }

    private final Supplier<byte[]> source;
    private final DataWriter writer;
    private final Visit visit;
    private final DoorLimits limits;
    private final IntConsumer turnedAway;

    private byte[] buffer = NOTHING;
    private int position;
    private Place place = Place.HEAD;
    private boolean first = true;
    /** Bytes of the body, or of the chunk, that are still to come. */
    private long rest;
    /** The client waits for {@code 100 Continue}. */
    private boolean owesContinue;

    private boolean endsConnection;
    private boolean inputEnded;
    /** By how much the client is behind the slowest rate. */
    private long behindNanos;

    /** What the request that is answered holds of the heap. */
    private final List<HeapBudget.Held> held = new ArrayList<>();

    /** {@code source} gives what arrives, and {@code null} at the end; {@code writer} takes what is answered here. */
    MessageReader(Supplier<byte[]> source, DataWriter writer, Visit visit, DoorLimits limits, IntConsumer turnedAway) {
        this.turnedAway = turnedAway;
        this.source = source;
        this.writer = writer;
        this.visit = visit;
        this.limits = limits;
    }

    @Override
    public byte @Nullable [] get() {
        return switch (place) {
            case HEAD -> head();
            case BODY_OF_KNOWN_LENGTH, CHUNK_SIZE, CHUNK -> body();
            case OVER -> null;
        };
    }

    /** Whether the connection must end with the reply that is about to be sent. */
    boolean decideEnd() {
        boolean bodyIsUnread = switch (place) {
            case HEAD -> false;
            case BODY_OF_KNOWN_LENGTH -> owesContinue || rest > READ_AWAY;
            case CHUNK_SIZE, CHUNK, OVER -> true;
        };
        endsConnection |= bodyIsUnread;
        return endsConnection;
    }

    /** Whether {@link #decideEnd} found that the connection must end, or the client asked for it. */
    boolean endsConnection() {
        return endsConnection;
    }

    /** Whether the client may still be sending what nobody reads. */
    boolean leavesInputUnread() {
        return !inputEnded && (position < buffer.length || place != Place.HEAD);
    }

    /** Keeps a share until the request is answered. */
    void keep(HeapBudget.Held share) {
        held.add(share);
    }

    /** The request is answered. */
    void answered() {
        held.forEach(HeapBudget.Held::close);
        held.clear();
    }

    private byte @Nullable [] head() {
        try {
            return soundHead();
        } catch (Refusal refusal) {
            place = Place.OVER;
            visit.expectNothing();
            turnedAway.accept(refusal.reason().status());
            writer.writeNow(BufferData.create(refusal.wire()));
            throw new CloseConnectionException("The request was refused: " + refusal.getMessage());
        }
    }

    private byte @Nullable [] soundHead() {
        if (!first && position == buffer.length) {
            visit.expectInputWithin(limits.idleTime());
            if (!fill()) {
                return end();
            }
        }
        if (!first) {
            visit.expectInputWithin(limits.headTime());
        }
        byte[] head = new byte[512];
        int size = 0;
        int lineStart = 0;
        int requestLine = -1;
        int emptyLine = 0;
        while (true) {
            if (position == buffer.length && !fill()) {
                if (visit.isLate() && size > 0) {
                    throw new Refusal(
                            Refusal.Reason.REQUEST_TIMEOUT,
                            "The request's headers were not complete within "
                                    + limits.headTime().toSeconds() + " s.");
                }
                return end();
            }
            byte next = buffer[position++];
            if (size == 0) {
                // RFC 9112, section 2.2: an empty line before the request line is left out.
                if ((next == '\r' || next == '\n') && emptyLine < 2) {
                    emptyLine++;
                    continue;
                }
                if (!RequestHead.isTokenCharacter(next)) {
                    throw bad("The request does not begin with the name of a method.");
                }
            }
            if (size == head.length) {
                head = Arrays.copyOf(head, 2 * size);
            }
            head[size++] = next;
            if (next == '\n') {
                if (size < 2 || head[size - 2] != '\r') {
                    throw bad("Every line of the request's head must end in CR LF.");
                }
                if (size - lineStart == 2) {
                    return begin(RequestHead.parse(Arrays.copyOf(head, size)));
                }
                lineStart = size;
                requestLine = requestLine < 0 ? size : requestLine;
            } else if (size > 1 && head[size - 2] == '\r') {
                throw bad("The request's head has a CR without LF.");
            }
            if (requestLine < 0) {
                if (size > DoorLimits.LONGEST_TARGET_BYTES + REQUEST_LINE_WITHOUT_TARGET) {
                    throw RequestHead.targetTooLong();
                }
            } else if (size - requestLine > DoorLimits.LONGEST_HEADERS_BYTES) {
                throw RequestHead.headersTooLarge();
            }
        }
    }

    private byte[] begin(RequestHead head) {
        visit.expectNothing();
        first = false;
        behindNanos = 0;
        owesContinue = false;
        endsConnection = head.closes();
        switch (head.body()) {
            case Body.Length(long bytes) -> {
                rest = bytes;
                place = bytes == 0 ? Place.HEAD : Place.BODY_OF_KNOWN_LENGTH;
                owesContinue = head.expectsContinue() && bytes > 0;
            }
            case Body.Chunked _ -> {
                place = Place.CHUNK_SIZE;
                owesContinue = head.expectsContinue();
            }
        }
        return head.text().getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] body() {
        try {
            if (owesContinue) {
                owesContinue = false;
                writer.writeNow(BufferData.create(CONTINUE));
            }
            return switch (place) {
                case BODY_OF_KNOWN_LENGTH -> piece();
                case CHUNK_SIZE, CHUNK -> chunk();
                case HEAD, OVER -> throw new IllegalStateException("there is no body");
            };
        } catch (Refusal refusal) {
            place = Place.OVER;
            throw new ProblemException(
                    Problem.of(
                            refusal.reason() == Refusal.Reason.REQUEST_TIMEOUT
                                    ? Problem.Kind.REQUEST_TIMEOUT
                                    : Problem.Kind.BAD_REQUEST,
                            "UnreadableRequestBody",
                            refusal.sentence()),
                    refusal);
        }
    }

    private byte[] piece() {
        byte[] piece = take();
        if (rest == 0) {
            place = Place.HEAD;
        }
        return piece;
    }

    private byte[] take() {
        requireInput();
        int length = (int) Math.min(Math.min(rest, PIECE), buffer.length - position);
        byte[] piece = Arrays.copyOfRange(buffer, position, position + length);
        position += length;
        rest -= length;
        return piece;
    }

    private byte[] chunk() {
        if (place == Place.CHUNK_SIZE) {
            rest = chunkSize(line(LONGEST_CHUNK_LINE));
            if (rest == 0) {
                int trailers = 0;
                String trailer = line(LONGEST_TRAILERS);
                while (!trailer.isEmpty()) {
                    trailers += trailer.length();
                    if (trailers > LONGEST_TRAILERS || trailer.indexOf(':') < 1) {
                        throw bad("The trailers after the request's last chunk are too long or no headers.");
                    }
                    trailer = line(LONGEST_TRAILERS);
                }
                place = Place.HEAD;
                return LAST_CHUNK;
            }
            place = Place.CHUNK;
        }
        byte[] piece = take();
        if (rest == 0) {
            if (!line(0).isEmpty()) {
                throw bad("A chunk of the request's body is longer than it says.");
            }
            place = Place.CHUNK_SIZE;
        }
        byte[] size = (Integer.toHexString(piece.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(size, size.length + piece.length + 2);
        System.arraycopy(piece, 0, whole, size.length, piece.length);
        whole[whole.length - 2] = '\r';
        whole[whole.length - 1] = '\n';
        return whole;
    }

    private static long chunkSize(String line) {
        int extension = line.indexOf(';');
        String digits = (extension < 0 ? line : line.substring(0, extension)).strip();
        if (digits.isEmpty()
                || digits.length() > MOST_SIZE_DIGITS
                || !digits.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80)) {
            throw bad("A chunk of the request's body does not begin with its size in hexadecimal digits.");
        }
        return Long.parseLong(digits, 16);
    }

    /** The next line of a chunked body without its CR LF. */
    private String line(int longest) {
        StringBuilder line = new StringBuilder();
        while (true) {
            requireInput();
            char next = (char) (buffer[position++] & 0xff);
            if (next == '\r') {
                requireInput();
                if (buffer[position++] != '\n') {
                    throw bad("The chunks of the request's body must be told apart by CR LF.");
                }
                return line.toString();
            }
            if (line.length() >= longest || (next < ' ' && next != '\t')) {
                throw bad("The chunks of the request's body are not told apart as they must.");
            }
            line.append(next);
        }
    }

    /** Waits until there is a byte of the body, for as long as the client keeps to the slowest rate. */
    private void requireInput() {
        if (position < buffer.length) {
            return;
        }
        long begin = System.nanoTime();
        visit.expectInputWithinNanos(limits.stallTime().toNanos() - behindNanos);
        boolean filled = fill();
        visit.expectNothing();
        if (!filled) {
            throw visit.isLate()
                    ? new Refusal(
                            Refusal.Reason.REQUEST_TIMEOUT,
                            "The request's body came more slowly than " + limits.slowestBytesPerSecond()
                                    + " bytes a second.")
                    : bad("The request's body ended early.");
        }
        long earned = buffer.length * 1_000_000_000L / limits.slowestBytesPerSecond();
        behindNanos = Math.max(0, behindNanos + System.nanoTime() - begin - earned);
    }

    private byte @Nullable [] end() {
        place = Place.OVER;
        visit.expectNothing();
        return null;
    }

    private boolean fill() {
        byte @Nullable [] read;
        try {
            read = source.get();
        } catch (UncheckedIOException gone) {
            read = null;
        }
        if (read == null || visit.isLate()) {
            inputEnded = true;
            return false;
        }
        buffer = read;
        position = 0;
        return true;
    }

    /** Reads away what still arrives, at most that much. */
    void readAway(long most) {
        long read = 0;
        while (read < most && fill()) {
            read += buffer.length;
        }
    }
}
