package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A client of a listener on the loopback address, for tests. */
public final class ApiClient implements AutoCloseable {
    private final HttpClient client;
    private final String base;

    /** Talks plain HTTP to that listener. */
    public ApiClient(InetSocketAddress listener) {
        this(HttpClient.newHttpClient(), "http://127.0.0.1:" + listener.getPort());
    }

    /** Talks to {@code base} through that client. */
    public ApiClient(HttpClient client, String base) {
        this.client = client;
        this.base = base;
    }

    /** A reply, read whole. */
    public static final class Answer {
        private final int status;
        private final Map<String, String> headers;
        private final byte[] body;

        private Answer(int status, Map<String, String> headers, byte[] body) {
            this.status = status;
            this.headers = headers;
            this.body = body;
        }

        /** Its status code. */
        public int status() {
            return status;
        }

        /** The first value of every header; names in any case. */
        public Map<String, String> headers() {
            return headers;
        }

        /** The value of a header that must be there. */
        public String header(String name) {
            return requireNonNull(headers.get(name), name + " is missing");
        }

        /** The entity. */
        public byte[] body() {
            return body.clone();
        }

        /** The entity as text. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** The entity as JSON. */
        public JsonNode json() {
            return Json.MAPPER.readTree(body);
        }
    }

    /** Where it sends to. */
    public String base() {
        return base;
    }

    /** Sends without an entity. */
    public Answer send(String method, String path, Map<String, String> headers) {
        return send(method, path, headers, new byte[0]);
    }

    /** Sends a JSON entity. */
    public Answer send(String method, String path, Map<String, String> headers, String json) {
        return send(method, path, headers, json.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends bytes. */
    public Answer send(String method, String path, Map<String, String> headers, byte[] body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .version(HttpClient.Version.HTTP_1_1)
                .method(
                        method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        try {
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            Map<String, String> received = new java.util.TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            response.headers().map().forEach((name, values) -> received.put(name, values.getFirst()));
            return new Answer(response.statusCode(), received, response.body());
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a reply", interrupted);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
