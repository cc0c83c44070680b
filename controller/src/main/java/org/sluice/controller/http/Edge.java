package org.sluice.controller.http;

import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.http.door.Door;
import org.sluice.controller.http.door.Party;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Policy;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * What every request passes, in this order: its route (404, 405), its token or certificate (401), its microversion (400, 406), its rule (403),
 * its query (400), its media type (415); then the handler, which reads the entity (413, 400). Thread-safe.
 */
final class Edge {
    private static final Logger log = LoggerFactory.getLogger(Edge.class);
    private static final SluiceFaults OUTSIDE = new SluiceFaults();

    private final Authenticator authenticator;
    private final Policy policy;
    private final RouteTable table;
    private final Door door;
    private final Proxies proxies;
    private final RequestObserver observer;

    Edge(
            Authenticator authenticator,
            Policy policy,
            RouteTable table,
            Door door,
            Proxies proxies,
            RequestObserver observer) {
        this.authenticator = authenticator;
        this.policy = policy;
        this.table = table;
        this.door = door;
        this.proxies = proxies;
        this.observer = observer;
    }

    void answer(ServerRequest request, ServerResponse response) {
        long began = System.nanoTime();
        Exchange.RequestId id = Exchange.RequestId.next();
        request.context().register(Exchange.RequestId.class, id);
        String path = request.prologue().uriPath().rawPath();
        Optional<RouteTable.Mounted> mounted = table.find(path);
        Sending sending =
                new Sending(response, request.prologue().method().text().equals("HEAD"));
        Optional<Exchange> known = Optional.empty();
        ClientOrigin origin = ClientOrigin.of(request, proxies);
        try {
            if (mounted.isEmpty()) {
                Reply reply = OUTSIDE.render(NO_SUCH_PATH).withHeader("x-openstack-request-id", id.value());
                sending.send(reply, kibibytes -> door.holdForReply(Party.at(origin.address()), kibibytes));
                return;
            }
            RouteTable.Mounted api = mounted.get();
            String below = path.substring(api.family().mount().length());
            Exchange exchange = new Exchange(request, origin, api.family(), NOWHERE, policy, door);
            try {
                door.arrives(origin.address());
                Router.Match match =
                        api.router().match(request.prologue().method().text(), below);
                exchange = new Exchange(request, origin, api.family(), match, policy, door);
                known = Optional.of(exchange);
                send(sending, exchange, answer(match.route(), exchange));
            } catch (RuntimeException failure) {
                if (sending.hasBegun()) {
                    throw failure;
                }
                Problem problem = problem(failure, request, id);
                Reply reply = refusal(api.family(), problem);
                if (problem.kind() == Problem.Kind.METHOD_NOT_ALLOWED) {
                    reply = reply.withHeader("Allow", api.router().allowed(below));
                }
                send(sending, exchange, reply);
            }
        } finally {
            RequestObserver.Asked asked = known.map(Exchange::asked)
                    .orElseGet(() -> Exchange.asked(
                            request, mounted.map(api -> api.family().mount()).orElse("")));
            observer.answered(new RequestObserver.Answered(
                    asked, path, sending.status(), sending.bytes(), System.nanoTime() - began));
        }
    }

    private static void send(Sending sending, Exchange exchange, Reply reply) {
        sending.send(exchange.finish(reply), exchange::holdForReply);
    }

    private static Problem problem(RuntimeException failure, ServerRequest request, Exchange.RequestId id) {
        if (failure instanceof ProblemException refused) {
            return refused.problem();
        }
        return DatabaseTrouble.problem(failure).or(() -> conflict(failure, id)).orElseGet(() -> {
            log.error(
                    "{} {} failed ({})",
                    request.prologue().method().text(),
                    request.prologue().uriPath().rawPath(),
                    id.value(),
                    failure);
            return internalError(id);
        });
    }

    /** Logged, because one that comes each time is no race but a defect of ours. */
    private static Optional<Problem> conflict(RuntimeException failure, Exchange.RequestId id) {
        Optional<Problem> conflict = DatabaseTrouble.conflict(failure);
        if (conflict.isPresent()) {
            log.warn("a reference was violated each time it was tried ({})", id.value(), failure);
        }
        return conflict;
    }

    private Reply answer(Route route, Exchange exchange) {
        return switch (route.access()) {
            case Route.Access.Open _ -> {
                requireVersion(route, exchange);
                requireForm(route, exchange);
                yield openly(route, exchange);
            }
            case Route.Access.Ruled ruled -> {
                Exchange known = authenticated(exchange);
                requireVersion(route, known);
                Exchange permitted = known.under(ruled.rule());
                requireForm(route, permitted);
                yield working(permitted, () -> route.handler().handle(permitted));
            }
            case Route.Access.ByAction _ -> {
                Exchange known = authenticated(exchange);
                requireVersion(route, known);
                requireForm(route, known);
                // Which action it is stands in the entity, and is known before anybody observes what becomes of it.
                yield known.atWork(() -> {
                    Route.Action action = ActionTable.named(route, known);
                    Exchange permitted = known.doing(action);
                    return observer.during(
                            permitted.asked(), () -> action.handler().handle(permitted));
                });
            }
            case Route.Access.Certified certified -> {
                Exchange known = exchange.by(certified.authenticator().hostOf(exchange));
                requireVersion(route, known);
                requireForm(route, known);
                yield working(known, () -> route.handler().handle(known));
            }
        };
    }

    private Reply working(Exchange exchange, Supplier<Reply> handler) {
        return exchange.atWork(() -> observer.during(exchange.asked(), handler));
    }

    /** What anyone may change without a token is an attempt to log in, or to join: those that are refused are counted. */
    private Reply openly(Route route, Exchange exchange) {
        if (!route.method().equals("POST")) {
            return observer.during(exchange.asked(), () -> route.handler().handle(exchange));
        }
        door.logsIn(exchange.peer());
        try {
            Reply reply =
                    observer.during(exchange.asked(), () -> route.handler().handle(exchange));
            door.hasLoggedIn(exchange.peer());
            return reply;
        } catch (RuntimeException failure) {
            if (DatabaseTrouble.problem(failure).isPresent()) {
                // Nobody's attempt failed.
                door.hasLoggedIn(exchange.peer());
            }
            throw failure;
        }
    }

    private static Reply refusal(ApiFamily family, Problem problem) {
        Reply reply = family.faults().render(problem);
        // RFC 9110, section 10.2.3: whole seconds.
        return problem.retryAfter()
                .map(time -> reply.withHeader("Retry-After", Long.toString(Math.max(1, time.toSeconds()))))
                .orElse(reply);
    }

    private Exchange authenticated(Exchange exchange) {
        Caller caller = authenticate(exchange);
        door.arrives(caller.userId(), caller.projectId());
        return exchange.by(caller);
    }

    private Caller authenticate(Exchange exchange) {
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

    private static void requireVersion(Route route, Exchange exchange) {
        if (!route.versions().have(exchange.minorVersion())) {
            throw NO_SUCH_PATH.asException();
        }
    }

    private static void requireForm(Route route, Exchange exchange) {
        exchange.requireReadableQuery();
        requireKnownQuery(route, exchange);
        requireMediaType(route, exchange);
    }

    /** What is not obeyed is not taken either. */
    private static void requireKnownQuery(Route route, Exchange exchange) {
        for (String name : exchange.queryNames()) {
            if (!route.takes(name, exchange.minorVersion())) {
                throw exchange.wording().unknownParameter(name);
            }
        }
    }

    /** An entity without a media type counts as JSON, as OpenStack's services take it. */
    private static void requireMediaType(Route route, Exchange exchange) {
        Optional<String> named = exchange.header("Content-Type")
                .map(text -> text.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                .filter(text -> !text.isEmpty());
        if (!exchange.hasEntity()) {
            return;
        }
        String type = named.orElse("application/json");
        boolean taken = route.mediaTypes().isEmpty()
                ? type.equals("application/json") || (type.startsWith("application/") && type.endsWith("+json"))
                : route.mediaTypes().contains(type) || route.mediaTypes().contains("*/*");
        if (!taken) {
            String wanted = route.mediaTypes().isEmpty() ? "application/json" : String.join(" or ", route.mediaTypes());
            throw Problem.of(
                            Problem.Kind.UNSUPPORTED_MEDIA_TYPE,
                            "UnsupportedMediaType",
                            (named.isPresent() ? "Unsupported Content-Type '" + type + "'" : "There is no Content-Type")
                                    + "; send " + wanted + ".")
                    .asException();
        }
    }

    private static final Problem NO_SUCH_PATH =
            Problem.of(Problem.Kind.NOT_FOUND, "NotFound", "The resource could not be found.");

    /** Stands for the route of a request that has none. */
    private static final Router.Match NOWHERE = new Router.Match(
            new Route(
                    "*",
                    "/*",
                    new Route.Access.Open(),
                    Route.Versions.ALL,
                    BodyLimit.OF_STRANGERS,
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    true,
                    List.of(),
                    exchange -> {
                        throw NO_SUCH_PATH.asException();
                    }),
            Map.of());

    private static Problem internalError(Exchange.RequestId id) {
        return Problem.of(
                Problem.Kind.INTERNAL,
                "InternalError",
                "An internal error occurred; the controller's log has it under " + id.value() + ".");
    }
}
