package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One request, as a route sees it. Used by one thread. */
public final class Exchange {
    /** JSON entities above this are refused; images are streamed and have no bound here. */
    static final int LARGEST_JSON_BYTES = 4 << 20;

    private final ServerRequest request;
    private final @Nullable Caller caller;
    /** Helidon gives an entity once. */
    private byte @Nullable [] body;

    Exchange(ServerRequest request, @Nullable Caller caller) {
        this.request = requireNonNull(request, "request is null");
        this.caller = caller;
    }

    /** Who is asking. Only routes registered as public have none. */
    public Caller caller() {
        if (caller == null) {
            throw new IllegalStateException("a public route asked for the caller");
        }
        return caller;
    }

    /** The segment of the path that the route's pattern names, decoded. */
    public String path(String parameter) {
        return request.path().pathParameters().get(parameter);
    }

    /** The path of the request without its query, decoded: {@code /compute/v2.1/servers}. */
    public String requestPath() {
        return request.prologue().uriPath().path();
    }

    /** The raw query string, decoded, without the question mark; empty when there is none. */
    public String queryString() {
        return request.query().value();
    }

    /** The first value of that query parameter. */
    public Optional<String> query(String name) {
        return request.query().contains(name) ? request.query().first(name).asOptional() : Optional.empty();
    }

    /** All values of that query parameter, in order. */
    public List<String> queryAll(String name) {
        return request.query().contains(name) ? request.query().all(name) : List.of();
    }

    /** The names of all query parameters. */
    public List<String> queryNames() {
        return List.copyOf(request.query().names());
    }

    /** The first value of that header. */
    public Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    /** The base of the URLs we hand out, as this client reached us: {@code http://127.0.0.1:8780}. */
    public String baseUrl() {
        return (request.isSecure() ? "https://" : "http://") + request.authority();
    }

    /** The address that the connection comes from; empty when it is not by IP. */
    public Optional<InetAddress> peerAddress() {
        return request.remotePeer().address() instanceof InetSocketAddress peer
                ? Optional.ofNullable(peer.getAddress())
                : Optional.empty();
    }

    /** The certificate that the peer authenticated with, if it did. */
    public Optional<X509Certificate> peerCertificate() {
        return request.remotePeer()
                .tlsCertificates()
                .filter(chain -> chain.length > 0)
                .map(chain -> firstOf(chain));
    }

    private static X509Certificate firstOf(Certificate[] chain) {
        return (X509Certificate) chain[0];
    }

    /** The identifier of this request, {@code req-...}; also in the response's headers. */
    public String requestId() {
        return request.context()
                .get(RequestId.class, RequestId.class)
                .map(RequestId::value)
                .orElseThrow(() -> new IllegalStateException("request without an id"));
    }

    /** The raw entity. */
    public InputStream bodyStream() {
        return request.content().inputStream();
    }

    /**
     * The entity as a JSON object.
     *
     * @throws org.sluice.model.ProblemException 400 when it is no JSON object, 413 when it is larger than 4 MiB
     */
    public ObjectNode bodyObject() {
        byte[] bytes = bodyBytes();
        try {
            JsonNode tree = Json.MAPPER.readTree(bytes);
            if (tree instanceof ObjectNode object) {
                return object;
            }
            throw malformed("The request body must be a JSON object.").asException();
        } catch (JacksonException cause) {
            throw new ProblemException(malformed("Malformed JSON in request body."), cause);
        }
    }

    /**
     * The member of that name of the entity's JSON object, which must be an object itself: {@code {"port": {...}}}.
     *
     * @throws org.sluice.model.ProblemException 400 when it is missing or no object
     */
    public ObjectNode bodyObject(String member) {
        if (bodyObject().get(member) instanceof ObjectNode object) {
            return object;
        }
        throw malformed("The request body must be a JSON object with the member '" + member + "'.")
                .asException();
    }

    /** The entity read into a record by Jackson; the agents' own protocol uses this. */
    public <T> T bodyAs(Class<T> type) {
        try {
            return Json.MAPPER.readValue(bodyBytes(), type);
        } catch (JacksonException cause) {
            throw new ProblemException(
                    malformed("The request body is not a valid " + type.getSimpleName() + "."), cause);
        }
    }

    /** The entity's bytes, at most 4 MiB; they may be asked for again. */
    public byte[] bodyBytes() {
        byte[] read = body;
        if (read == null) {
            read = readBody();
            body = read;
        }
        return read;
    }

    private byte[] readBody() {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try (InputStream in = request.content().inputStream()) {
            byte[] bytes = in.readNBytes(LARGEST_JSON_BYTES + 1);
            if (bytes.length > LARGEST_JSON_BYTES) {
                throw Problem.of(
                                Problem.Kind.TOO_LARGE,
                                "RequestTooLarge",
                                "The request body is larger than " + LARGEST_JSON_BYTES + " bytes.")
                        .asException();
            }
            return bytes;
        } catch (IOException cause) {
            throw new UncheckedIOException("the request body could not be read", cause);
        }
    }

    private static Problem malformed(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "MalformedRequestBody", sentence);
    }

    /** Makes and carries the identifier of a request. */
    record RequestId(String value) {
        static RequestId next() {
            return new RequestId("req-" + UUID.randomUUID());
        }
    }
}
