package org.sluice.controller.http;

import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import org.sluice.controller.policy.Caller;

/**
 * Hears of everything that a listener answers. It is called on the request's own thread, so that it must neither wait nor
 * throw. Thread-safe.
 */
public interface RequestObserver {
    /** Hears nothing. */
    RequestObserver NONE = _ -> {};

    /**
     * A request whose route is known.
     *
     * @param id of the request, {@code req-...}
     * @param globalId that the client gave the whole of what it does, if it did; also {@code req-...}
     * @param peer where it came from
     * @param caller who asks; empty before the token was verified, and where none is needed
     * @param certified whether the edge found by its certificate which host's agent asks
     * @param family the mount of its API, {@code /network}; empty where no family has the path
     * @param method as it came
     * @param route pattern of the route with the family's mount, {@code /network/v2.0/ports/{id}}, and the action where that
     *     decides, {@code /compute/v2.1/servers/{id}/action reboot}; {@code none} where no route has path and method. Never the
     *     path itself, nor an action that there is not: there are as many of those as clients like
     * @param rule name of the route's or the action's rule; empty for open routes and before the action is known
     * @param forOperators whether the rule, unless overridden, lets nobody in but operators
     */
    record Asked(
            String id,
            Optional<String> globalId,
            SocketAddress peer,
            Optional<Caller> caller,
            boolean certified,
            String family,
            String method,
            String route,
            Optional<String> rule,
            boolean forOperators) {
        /** What stands for the route of a request that has none. */
        public static final String NO_ROUTE = "none";

        /** Whether the method is one that changes nothing (RFC 9110, section 9.2.1). */
        public boolean isSafe() {
            return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
        }
    }

    /**
     * A request that was answered.
     *
     * @param asked the request, with its caller if one was found
     * @param path as it came, still percent-encoded, without its query
     * @param status of the reply
     * @param bytes of the reply's entity that were handed to the connection
     * @param nanos from the request's head to the end of the reply
     */
    record Answered(Asked asked, String path, int status, long bytes, long nanos) {}

    /** A request was answered, and the reply sent or broken off. */
    void answered(Answered answered);

    /** Answers a request by its route's handler: whatever that does within, it does for this request. */
    default Reply during(Asked asked, Supplier<Reply> handler) {
        return handler.get();
    }

    /** A connection was turned away, or a request without a sound head, before there was a route. */
    default void turnedAway(int status) {}
}
