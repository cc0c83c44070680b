package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** One listener that serves API families. {@link #close} stops accepting and lets running requests end. Thread-safe. */
public final class ApiServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);

    private final WebServer server;
    private final InetSocketAddress address;

    private ApiServer(WebServer server, InetSocketAddress address) {
        this.server = server;
        this.address = address;
    }

    /**
     * Starts a listener.
     *
     * @param listen where; port 0 takes a free one
     * @param tls certificate and client authentication, if the listener speaks TLS
     * @param authenticator verifies the tokens of protected routes
     * @param families what it serves
     */
    public static ApiServer start(
            InetSocketAddress listen, Optional<Tls> tls, Authenticator authenticator, List<ApiFamily> families) {
        HttpRouting.Builder routing = HttpRouting.builder();
        for (ApiFamily family : families) {
            register(routing, family, requireNonNull(authenticator, "authenticator is null"));
        }
        var config = WebServer.builder()
                .address(listen.getAddress())
                .port(listen.getPort())
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .shutdownGracePeriod(Duration.ofMillis(500))
                // Small JSON replies would otherwise wait for the peer's delayed acknowledgement.
                .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .routing(routing);
        tls.ifPresent(config::tls);
        WebServer server = config.build().start();
        return new ApiServer(server, new InetSocketAddress(listen.getAddress(), server.port()));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        server.stop();
    }

    private static void register(HttpRouting.Builder routing, ApiFamily family, Authenticator authenticator) {
        Routes routes = new Routes();
        family.routes(routes);
        for (Routes.Route route : routes.all()) {
            routing.route(
                    Method.create(route.method()),
                    family.mount() + route.pattern(),
                    (request, response) -> answer(family, route, authenticator, request, response));
        }
        routing.any(
                family.mount() + "/*",
                (request, response) -> answer(family, NO_SUCH_ROUTE, authenticator, request, response));
    }

    private static final Routes.Route NO_SUCH_ROUTE = new Routes.Route("*", "/*", true, exchange -> {
        throw Problem.of(Problem.Kind.NOT_FOUND, "NotFound", "The resource could not be found.")
                .asException();
    });

    private static void answer(
            ApiFamily family,
            Routes.Route route,
            Authenticator authenticator,
            ServerRequest request,
            ServerResponse response) {
        Exchange.RequestId id = Exchange.RequestId.next();
        request.context().register(Exchange.RequestId.class, id);
        Exchange exchange = new Exchange(request, null);
        Reply reply;
        try {
            if (!route.isPublic()) {
                exchange = new Exchange(request, authenticate(authenticator, exchange));
            }
            reply = route.handler().handle(exchange);
        } catch (ProblemException failure) {
            reply = family.faults().render(failure.problem());
        } catch (RuntimeException failure) {
            reply = DatabaseTrouble.reply(family.faults(), failure)
                    .orElseGet(() -> internalError(family, route, id, failure));
        }
        send(family.finish(exchange, reply.withHeader("x-openstack-request-id", id.value())), response);
    }

    private static Caller authenticate(Authenticator authenticator, Exchange exchange) {
        @Nullable String token = exchange.header("X-Auth-Token").orElse(null);
        if (token == null) {
            throw Problem.of(
                            Problem.Kind.UNAUTHENTICATED,
                            "Unauthorized",
                            "The request you have made requires authentication.")
                    .asException();
        }
        return authenticator.verify(token);
    }

    private static Reply internalError(
            ApiFamily family, Routes.Route route, Exchange.RequestId id, RuntimeException failure) {
        log.error("{} {} failed ({})", route.method(), family.mount() + route.pattern(), id.value(), failure);
        return family.faults()
                .render(Problem.of(
                        Problem.Kind.INTERNAL,
                        "InternalError",
                        "An internal error occurred; the controller's log has it under " + id.value() + "."));
    }

    private static void send(Reply reply, ServerResponse response) {
        response.status(Status.create(reply.status()));
        reply.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        switch (reply.body()) {
            case Reply.Body.Empty _ -> response.send();
            case Reply.Body.Json json -> {
                response.header(HeaderNames.CONTENT_TYPE, "application/json");
                response.send(Json.MAPPER.writeValueAsBytes(json.value()));
            }
            case Reply.Body.Text text -> {
                response.header(HeaderNames.CONTENT_TYPE, text.mediaType());
                response.send(text.text().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
            case Reply.Body.Stream stream -> {
                response.header(HeaderNames.CONTENT_TYPE, stream.mediaType());
                if (stream.length() >= 0) {
                    response.contentLength(stream.length());
                }
                try (OutputStream out = response.outputStream()) {
                    stream.writer().writeTo(out);
                } catch (IOException cause) {
                    throw new UncheckedIOException("the reply could not be sent", cause);
                }
            }
        }
    }
}
