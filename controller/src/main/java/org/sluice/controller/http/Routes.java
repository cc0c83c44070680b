package org.sluice.controller.http;

import java.util.ArrayList;
import java.util.List;

/**
 * The table of one API family's routes. A route is protected unless it is registered as public: forgetting says no.
 * Patterns are Helidon's: {@code /servers/{id}}. Not thread-safe; filled once, at start.
 */
public final class Routes {
    /** One line of the table. */
    record Route(String method, String pattern, boolean isPublic, Handler handler) {}

    private final List<Route> routes = new ArrayList<>();

    /** Answers GET for callers with a valid token. */
    public Routes get(String pattern, Handler handler) {
        return add("GET", pattern, false, handler);
    }

    /** Answers POST for callers with a valid token. */
    public Routes post(String pattern, Handler handler) {
        return add("POST", pattern, false, handler);
    }

    /** Answers PUT for callers with a valid token. */
    public Routes put(String pattern, Handler handler) {
        return add("PUT", pattern, false, handler);
    }

    /** Answers PATCH for callers with a valid token. */
    public Routes patch(String pattern, Handler handler) {
        return add("PATCH", pattern, false, handler);
    }

    /** Answers DELETE for callers with a valid token. */
    public Routes delete(String pattern, Handler handler) {
        return add("DELETE", pattern, false, handler);
    }

    /** Answers HEAD for callers with a valid token. */
    public Routes head(String pattern, Handler handler) {
        return add("HEAD", pattern, false, handler);
    }

    /** Answers anyone: version documents, tokens, enrolment. */
    public Routes publicRoute(String method, String pattern, Handler handler) {
        return add(method, pattern, true, handler);
    }

    List<Route> all() {
        return List.copyOf(routes);
    }

    private Routes add(String method, String pattern, boolean isPublic, Handler handler) {
        routes.add(new Route(method, pattern, isPublic, handler));
        return this;
    }
}
