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
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.http.door.Door;
import org.sluice.controller.http.door.DoorLimits;
import org.sluice.controller.http.door.RateLimits;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** One listener that serves API families. {@link #close} stops accepting and lets running requests end. Thread-safe. */
public final class ApiServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);

    private final WebServer server;
    private final Door door;
    private final InetSocketAddress address;

    private ApiServer(WebServer server, Door door, InetSocketAddress address) {
        this.server = server;
        this.door = door;
        this.address = address;
    }

    /** Starts a listener with the limits that suit this process's heap; the parameters are those of the other start. */
    public static ApiServer start(
            InetSocketAddress listen, Optional<Tls> tls, Authenticator authenticator, List<ApiFamily> families) {
        return start(
                listen,
                tls,
                authenticator,
                families,
                DoorLimits.ofHeap(Runtime.getRuntime().maxMemory()),
                RateLimits.DEFAULT);
    }

    /**
     * Starts a listener.
     *
     * @param listen where; port 0 takes a free one
     * @param tls certificate and client authentication, if the listener speaks TLS
     * @param authenticator verifies the tokens of protected routes
     * @param families what it serves
     * @param limits how many connections it takes, and how much and how long each of them
     * @param rates how often they may ask
     */
    public static ApiServer start(
            InetSocketAddress listen,
            Optional<Tls> tls,
            Authenticator authenticator,
            List<ApiFamily> families,
            DoorLimits limits,
            RateLimits rates) {
        Door door = new Door(limits, rates, tls.isPresent());
        HttpRouting.Builder routing = HttpRouting.builder();
        for (ApiFamily family : families) {
            register(routing, family, requireNonNull(authenticator, "authenticator is null"), door);
        }
        var config = WebServer.builder()
                .address(listen.getAddress())
                .port(listen.getPort())
                .shutdownHook(false)
                .featuresDiscoverServices(false)
                .shutdownGracePeriod(Duration.ofMillis(500))
                .routing(routing);
        // Small JSON replies would otherwise wait for the peer's delayed acknowledgement.
        door.guard(config, SocketOptions.builder().tcpNoDelay(true).build(), routing);
        tls.ifPresent(config::tls);
        WebServer server = config.build().start();
        return new ApiServer(server, door, new InetSocketAddress(listen.getAddress(), server.port()));
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        server.stop();
        door.close();
    }

    private static void register(
            HttpRouting.Builder routing, ApiFamily family, Authenticator authenticator, Door door) {
        Routes routes = new Routes();
        family.routes(routes);
        for (Routes.Route route : routes.all()) {
            routing.route(
                    Method.create(route.method()),
                    family.mount() + route.pattern(),
                    (request, response) -> answer(family, route, authenticator, door, request, response));
        }
        routing.any(
                family.mount() + "/*",
                (request, response) -> answer(family, NO_SUCH_ROUTE, authenticator, door, request, response));
    }

    private static final Routes.Route NO_SUCH_ROUTE = new Routes.Route("*", "/*", true, exchange -> {
        throw Problem.of(Problem.Kind.NOT_FOUND, "NotFound", "The resource could not be found.")
                .asException();
    });

    private static void answer(
            ApiFamily family,
            Routes.Route route,
            Authenticator authenticator,
            Door door,
            ServerRequest request,
            ServerResponse response) {
        Exchange.RequestId id = Exchange.RequestId.next();
        request.context().register(Exchange.RequestId.class, id);
        SocketAddress peer = request.remotePeer().address();
        Exchange exchange = new Exchange(request, door, null);
        Reply reply;
        try {
            door.arrives(peer);
            if (route.isPublic()) {
                reply = anonymously(route, exchange, door, peer);
            } else {
                Caller caller = authenticate(authenticator, exchange);
                door.arrives(caller.userId(), caller.projectId());
                exchange = new Exchange(request, door, caller);
                reply = route.handler().handle(exchange);
            }
        } catch (ProblemException failure) {
            reply = refusal(family, failure.problem());
        } catch (RuntimeException failure) {
            log.error("{} {} failed ({})", route.method(), exchange.requestPath(), id.value(), failure);
            reply = family.faults().render(internalError(id));
        }
        send(family.finish(exchange, reply.withHeader("x-openstack-request-id", id.value())), response);
    }

    /** What anyone may change without a token is an attempt to log in, or to join: those that are refused are counted. */
    private static Reply anonymously(Routes.Route route, Exchange exchange, Door door, SocketAddress peer) {
        boolean logsIn =
                route.method().equals("POST") && exchange.peerCertificate().isEmpty();
        if (!logsIn) {
            return route.handler().handle(exchange);
        }
        door.logsIn(peer);
        Reply reply = route.handler().handle(exchange);
        door.hasLoggedIn(peer);
        return reply;
    }

    private static Reply refusal(ApiFamily family, Problem problem) {
        Reply reply = family.faults().render(problem);
        // RFC 9110, section 10.2.3: whole seconds.
        return problem.retryAfter()
                .map(time -> reply.withHeader("Retry-After", Long.toString(Math.max(1, time.toSeconds()))))
                .orElse(reply);
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

    private static Problem internalError(Exchange.RequestId id) {
        return Problem.of(
                Problem.Kind.INTERNAL,
                "InternalError",
                "An internal error occurred; the controller's log has it under " + id.value() + ".");
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
