package org.sluice.controller.http.door;

import static java.util.Objects.requireNonNull;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands before one listener: lets connections in, reads their requests' frames, and counts what they take. Thread-safe.
 */
public final class Door implements AutoCloseable {
    /** What the largest of each kind needs: however small a share is, one of them fits into it. */
    private static final int LARGEST_ENTITY_KIBIBYTES = 2 << 10;

    private static final int LARGEST_ANONYMOUS_KIBIBYTES = 2 * DoorLimits.LONGEST_ANONYMOUS_ENTITY_BYTES / 1024 + 1;
    private static final int LARGEST_REPLY_KIBIBYTES = 1 << 10;

    private record Scope(String userId, String projectId) {}

    private final DoorLimits limits;
    private final IntConsumer turnedAway;
    private final Admission admission;
    private final InFlightBytes known;
    private final InFlightBytes anonymous;
    private final HeapBudget replies;
    private final InWork inWork;
    private final Rates<AddressGroup> perAddress;
    private final Rates<AddressGroup> failedLogIns;
    private final Rates<Scope> perCaller;

    /**
     * Makes a door; {@link #guard} puts it before a listener.
     *
     * @param tls whether the listener speaks TLS
     * @param turnedAway hears the status of everything that is refused before there is a route
     */
    public Door(DoorLimits limits, RateLimits rates, boolean tls, IntConsumer turnedAway) {
        this.limits = requireNonNull(limits, "limits is null");
        this.turnedAway = requireNonNull(turnedAway, "turnedAway is null");
        this.admission = new Admission(limits, tls, turnedAway);
        DoorLimits.Heap heap = limits.heap();
        this.known = new InFlightBytes(new HeapBudget(
                "large requests",
                heap.entityKibibytes(),
                share(heap.entityKibibytes(), heap.userPercent(), LARGEST_ENTITY_KIBIBYTES),
                heap.longestWait()));
        this.anonymous = new InFlightBytes(new HeapBudget(
                "requests",
                heap.anonymousKibibytes(),
                share(heap.anonymousKibibytes(), heap.addressPercent(), LARGEST_ANONYMOUS_KIBIBYTES),
                heap.longestWait()));
        this.replies = new HeapBudget(
                "large replies",
                heap.replyKibibytes(),
                share(heap.replyKibibytes(), heap.userPercent(), LARGEST_REPLY_KIBIBYTES),
                heap.longestWait());
        this.inWork = new InWork(limits.requestsPerUser(), limits.requestWait());
        this.perAddress = new Rates<>("This address has sent", rates.perAddress());
        this.failedLogIns = new Rates<>("This address has failed to log in with", rates.failedLogIns());
        this.perCaller = new Rates<>("This user has sent", rates.perCaller());
    }

    private static int share(int kibibytes, int percent, int least) {
        return Math.clamp((long) kibibytes * percent / 100, Math.min(least, kibibytes), kibibytes);
    }

    /** Puts the door before a listener that is about to be built. */
    public void guard(WebServerConfig.Builder listener, SocketOptions options, HttpRouting.Builder routing) {
        listener.connectionOptions(new GuardedSocketOptions(options, admission))
                .protocolsDiscoverServices(false)
                .addConnectionSelector(new GuardedSelector(admission, limits, turnedAway))
                .directHandlers(inJson());
        routing.addFilter(Door::filter);
    }

    private static void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        MessageReader requests = GuardedConnection.CURRENT.get();
        response.beforeSend(() -> {
            if (requests.decideEnd()) {
                response.header(HeaderValues.CONNECTION_CLOSE);
            }
        });
        try {
            chain.proceed();
        } finally {
            requests.answered();
        }
        if (requests.endsConnection()) {
            // Helidon itself would go on to read: the rest of this body would be taken for the next request.
            throw new CloseConnectionException("The reply ended the connection.");
        }
    }

    /**
     * Reads all of a request's body into the heap, within the share that all bodies have together. The share is given back when
     * the request is answered. Called by the thread that serves the request.
     *
     * @param who sends it
     * @param in the body
     * @param declaredLength what Content-Length says
     * @param mostBytes the most that the route takes
     * @throws org.sluice.model.ProblemException of kind TOO_LARGE for more than {@code mostBytes}; UNAVAILABLE when others hold
     *     all there is; TOO_MANY_REQUESTS when that party holds all it may; REQUEST_TIMEOUT when the client is too slow; BAD_REQUEST when the body's chunks are malformed
     */
    public Entity read(Party who, InputStream in, OptionalLong declaredLength, int mostBytes) throws IOException {
        return kept(known.read(who, in, declaredLength, mostBytes));
    }

    /**
     * As {@link #read}, for a caller nobody has vouched for: from a smaller share, and at most {@value
     * DoorLimits#LONGEST_ANONYMOUS_ENTITY_BYTES} bytes.
     */
    public Entity readAnonymous(Party who, InputStream in, OptionalLong declaredLength) throws IOException {
        return kept(anonymous.read(who, in, declaredLength, DoorLimits.LONGEST_ANONYMOUS_ENTITY_BYTES));
    }

    private static Entity kept(Entity entity) {
        GuardedConnection.CURRENT.get().keep(entity.held());
        return entity;
    }

    /**
     * Takes a part of the heap for a reply, before what shall be in it is read. It is given back when the request is answered,
     * or before. Called by the thread that serves the request.
     *
     * @throws org.sluice.model.ProblemException of kind UNAVAILABLE when others hold all there is, TOO_MANY_REQUESTS when that
     *     party holds all it may
     */
    public HeapBudget.Held holdForReply(Party who, int kibibytes) {
        HeapBudget.Held held = replies.hold(who, kibibytes);
        GuardedConnection.CURRENT.get().keep(held);
        return held;
    }

    /**
     * Does a piece of work for a user when he has no more in work than he may. It must not be within another one.
     *
     * @throws org.sluice.model.ProblemException of kind TOO_MANY_REQUESTS when his other requests keep him from it for too long
     */
    public <T> T work(String userId, Supplier<T> work) {
        return inWork.during(userId, work);
    }

    /** The same for a piece of a reply that has begun; it waits longer. */
    public <T> T workOn(String userId, Supplier<T> work) {
        return inWork.goingOn(userId, work);
    }

    /**
     * Counts a request of that peer, before anything else is done for it.
     *
     * @throws org.sluice.model.ProblemException of kind TOO_MANY_REQUESTS
     */
    public void arrives(SocketAddress peer) {
        perAddress.take(AddressGroup.of(peer));
    }

    /** Counts a request of that user in that project; throws as {@link #arrives(SocketAddress)} does. */
    public void arrives(String userId, String projectId) {
        perCaller.take(new Scope(userId, projectId));
    }

    /** Counts an attempt to log in, before its password is looked at; throws as {@link #arrives(SocketAddress)} does. */
    public void logsIn(SocketAddress peer) {
        failedLogIns.take(AddressGroup.of(peer));
    }

    /** The attempt was a good one, and does not count. */
    public void hasLoggedIn(SocketAddress peer) {
        failedLogIns.giveBack(AddressGroup.of(peer));
    }

    @Override
    public void close() {
        admission.close();
    }

    /** What Helidon refuses itself, such as a character that no path may have, is worded as our own refusals are. */
    private static DirectHandlers inJson() {
        DirectHandler json = (_, _, status, headers, message) -> {
            headers.set(HeaderNames.CONTENT_TYPE, "application/json");
            return DirectHandler.TransportResponse.builder()
                    .status(status)
                    .headers(headers)
                    .keepAlive(false)
                    .entity(Refusal.body(status.code(), status.reasonPhrase(), sentence(status, message)))
                    .build();
        };
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, json);
        }
        return handlers.build();
    }

    private static String sentence(Status status, @Nullable String message) {
        if (status.code() == Status.NOT_FOUND_404.code()) {
            return "The resource could not be found.";
        }
        if (message != null) {
            return "The request could not be read: " + message;
        }
        return status.code() < 500
                ? "The request's path, query or Host has a character that must be percent-encoded."
                : "The request could not be served.";
    }
}
