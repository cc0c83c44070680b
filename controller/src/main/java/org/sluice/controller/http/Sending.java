package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.door.HeapBudget;
import tools.jackson.core.JsonGenerator;

/**
 * The reply to one request on its way out, and how much of it went. A reply is made before its status goes out, so that what
 * goes wrong meanwhile is still an error that the client understands; one that is too long for that is sent while it is made.
 * Used by one thread.
 */
final class Sending {
    /** A reply up to this costs no more than the connection it goes over. */
    private static final int FREE_BYTES = 16 << 10;
    /** What is longer is sent while it is made. */
    private static final int MOST_BYTES = 256 << 10;

    private static final int TYPICAL_BYTES = 2 << 10;

    private final ServerResponse response;
    private final boolean headOnly;
    /** Until there is one: nothing that fails before it leaves a status of its own. */
    private int status = 500;

    private boolean begun;
    /** Bytes of an entity that was sent at once. */
    private long whole;
    /** Where one goes that is sent while it is made. */
    private @Nullable Counted sent;

    /** {@code headOnly} for the reply to HEAD, which has no entity whatever the status (RFC 9110, section 9.3.2). */
    Sending(ServerResponse response, boolean headOnly) {
        this.response = requireNonNull(response, "response is null");
        this.headOnly = headOnly;
    }

    /** The status that went out. */
    int status() {
        return status;
    }

    /** Bytes of the entity that went out. */
    long bytes() {
        return sent == null ? whole : sent.written;
    }

    /** Whether a part of a reply is out already, so that there can be no other. */
    boolean hasBegun() {
        return begun;
    }

    /**
     * Sends it. What fails after it has begun breaks the connection off, so that a part is never taken for the whole.
     *
     * @param room takes KiB of the heap for it, or throws a {@link org.sluice.model.ProblemException}
     */
    void send(Reply reply, IntFunction<HeapBudget.Held> room) {
        try {
            if (headOnly) {
                sendHead(reply);
                return;
            }
            switch (reply.body()) {
                case Reply.Body.Empty _ -> {
                    begin(reply);
                    response.send();
                }
                case Reply.Body.Stream stream -> pass(reply, room, stream);
                case Reply.Body.Json _, Reply.Body.Written _, Reply.Body.Text _ -> make(reply, room);
            }
        } catch (IOException cause) {
            throw new UncheckedIOException("the reply could not be sent", cause);
        }
    }

    /** RFC 9110, section 8.6: with the length that the entity would have. */
    private void sendHead(Reply reply) throws IOException {
        long length;
        if (reply.body() instanceof Reply.Body.Stream stream && stream.length() >= 0) {
            length = stream.length();
        } else {
            Counted nowhere = new Counted(OutputStream.nullOutputStream());
            write(reply.body(), nowhere);
            length = nowhere.written;
        }
        begin(reply);
        if (!(reply.body() instanceof Reply.Body.Empty)) {
            response.contentLength(length);
        }
        response.send();
    }

    private static void write(Reply.Body body, OutputStream out) throws IOException {
        switch (body) {
            case Reply.Body.Empty _ -> {}
            case Reply.Body.Json json -> Json.MAPPER.writeValue(out, json.value());
            case Reply.Body.Written written -> {
                JsonGenerator json = Json.MAPPER.createGenerator(out);
                written.writer().writeTo(json);
                // Not when it failed: that would write what is missing of the brackets.
                json.close();
            }
            case Reply.Body.Text text -> out.write(text.text().getBytes(StandardCharsets.UTF_8));
            case Reply.Body.Stream stream -> stream.writer().writeTo(out);
        }
    }

    private void begin(Reply reply) {
        begun = true;
        status = reply.status();
        response.status(Status.create(status));
        reply.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        switch (reply.body()) {
            case Reply.Body.Empty _ -> {}
            case Reply.Body.Json _, Reply.Body.Written _ ->
                response.header(HeaderNames.CONTENT_TYPE, "application/json");
            case Reply.Body.Text text -> response.header(HeaderNames.CONTENT_TYPE, text.mediaType());
            case Reply.Body.Stream stream -> response.header(HeaderNames.CONTENT_TYPE, stream.mediaType());
        }
    }

    private void make(Reply reply, IntFunction<HeapBudget.Held> room) throws IOException {
        Made made = new Made(reply, room);
        write(reply.body(), made);
        made.end();
    }

    private void pass(Reply reply, IntFunction<HeapBudget.Held> room, Reply.Body.Stream stream) throws IOException {
        HeapBudget.Held piece = room.apply(kibibytes(Reply.PIECE_BYTES));
        begin(reply);
        if (stream.length() >= 0) {
            response.contentLength(stream.length());
        }
        Counted out = new Counted(response.outputStream());
        sent = out;
        write(stream, out);
        out.close();
        piece.close();
    }

    /** Counts what goes through. */
    private static final class Counted extends FilterOutputStream {
        private long written;

        Counted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            written++;
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            out.write(data, offset, length);
            written += length;
        }
    }

    private static int kibibytes(int size) {
        return (size + 1023) >> 10;
    }

    /** An entity that is made in the heap; the part that has no room there is sent. Closing it does not send the rest. */
    private final class Made extends OutputStream {
        private final Reply reply;
        private final IntFunction<HeapBudget.Held> room;
        private byte[] buffer = new byte[TYPICAL_BYTES];
        private int size;
        private HeapBudget.@Nullable Held held;

        Made(Reply reply, IntFunction<HeapBudget.Held> room) {
            this.reply = reply;
            this.room = room;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            if (length > buffer.length - size && sent == null) {
                grow((int) Math.min(MOST_BYTES, (long) size + length));
            }
            if (length > buffer.length - size) {
                drain().write(data, offset, length);
            } else {
                System.arraycopy(data, offset, buffer, size, length);
                size += length;
            }
        }

        private void grow(int needed) {
            int next = Math.clamp(2L * buffer.length, needed, MOST_BYTES);
            if (next > FREE_BYTES && next > buffer.length) {
                if (held == null) {
                    held = room.apply(kibibytes(next));
                } else {
                    held.resize(kibibytes(next));
                }
            }
            buffer = Arrays.copyOf(buffer, next);
        }

        private OutputStream drain() throws IOException {
            Counted out = sent;
            if (out == null) {
                begin(reply);
                out = new Counted(response.outputStream());
                sent = out;
            }
            out.write(buffer, 0, size);
            size = 0;
            return out;
        }

        void end() throws IOException {
            if (sent == null) {
                begin(reply);
                whole = size;
                response.send(buffer, 0, size);
            } else {
                drain().close();
            }
            if (held != null) {
                held.close();
            }
        }
    }
}
