package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * What a route answers.
 *
 * @param status HTTP status code
 * @param headers further response headers
 * @param body the entity
 */
public record Reply(int status, Map<String, String> headers, Body body) {
    /** The entity of a reply. */
    public sealed interface Body {
        /** No entity. */
        record Empty() implements Body {}

        /** A value that Jackson writes as JSON: a record, a map, a tree. */
        record Json(Object value) implements Body {}

        /** JSON that the writer writes; what is too long to be kept is sent while it is written. */
        record Written(JsonWriter writer) implements Body {}

        /** Text of that media type. */
        record Text(String mediaType, String text) implements Body {}

        /** Bytes written while they are sent, {@code length} of them, -1 when not known beforehand. */
        record Stream(String mediaType, long length, Writer writer) implements Body {}
    }

    /** Writes a JSON value. */
    @FunctionalInterface
    public interface JsonWriter {
        /**
         * Writes all of it. An exception is answered as one of the handler's, unless a part is out already: then it breaks the
         * connection off.
         */
        void writeTo(JsonGenerator json);
    }

    /** Writes an entity to the connection. */
    @FunctionalInterface
    public interface Writer {
        /** Writes all of it; an exception breaks the connection off, so that a short entity is never taken as whole. */
        void writeTo(OutputStream out) throws IOException;
    }

    public Reply {
        requireNonNull(body, "body is null");
        headers = Map.copyOf(headers);
    }

    /** The most that a streamed entity's writer holds, and so writes at a time, in bytes. */
    public static final int PIECE_BYTES = 64 << 10;

    /** 200 with a JSON entity. */
    public static Reply ok(Object json) {
        return json(200, json);
    }

    /** That status with a JSON entity. */
    public static Reply json(int status, Object json) {
        return new Reply(status, Map.of(), new Body.Json(requireNonNull(json, "json is null")));
    }

    /** That status with a JSON entity of any size, written without a tree. */
    public static Reply written(int status, JsonWriter writer) {
        return new Reply(status, Map.of(), new Body.Written(writer));
    }

    /** That status without an entity. */
    public static Reply empty(int status) {
        return new Reply(status, Map.of(), new Body.Empty());
    }

    /** 200 with a streamed entity, whose writer holds no more than {@link #PIECE_BYTES} of it at a time. */
    public static Reply stream(String mediaType, long length, Writer writer) {
        return new Reply(200, Map.of(), new Body.Stream(mediaType, length, writer));
    }

    /** The same reply with one more header; a {@code null} value leaves it as it is. */
    public Reply withHeader(String name, @Nullable String value) {
        if (value == null) {
            return this;
        }
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new Reply(status, all, body);
    }
}
