package org.sluice.controller.compute;

import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Handler;
import org.sluice.controller.http.Reply;
import org.sluice.controller.policy.Caller;
import tools.jackson.databind.node.ObjectNode;

/** One request of the Compute API with its microversion settled. Used by one thread. */
final class Call {
    private final Exchange exchange;
    private final Microversion version;
    private @Nullable ObjectNode body;

    private Call(Exchange exchange, Microversion version) {
        this.exchange = exchange;
        this.version = version;
    }

    /** Answers one call. */
    @FunctionalInterface
    interface Route {
        Reply answer(Call call);
    }

    /** A handler that settles the microversion before the route runs. */
    static Handler versioned(Route route) {
        return exchange -> route.answer(new Call(exchange, Microversion.of(exchange)));
    }

    Exchange exchange() {
        return exchange;
    }

    /** The microversion to answer in. */
    Microversion version() {
        return version;
    }

    /** The entity, a JSON object; the connection gives it once, so it is kept. */
    ObjectNode body() {
        ObjectNode read = body;
        if (read == null) {
            read = exchange.bodyObject();
            body = read;
        }
        return read;
    }

    Caller caller() {
        return exchange.caller();
    }

    String path(String parameter) {
        return exchange.path(parameter);
    }

    Links links() {
        return new Links(exchange.baseUrl());
    }
}
