package org.sluice.controller.compute;

import org.sluice.controller.http.Caller;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Handler;
import org.sluice.controller.http.Reply;

/**
 * One request of the Compute API with its microversion settled.
 *
 * @param exchange the request
 * @param version the microversion to answer in
 */
record Call(Exchange exchange, Microversion version) {
    /** Answers one call. */
    @FunctionalInterface
    interface Route {
        Reply answer(Call call);
    }

    /** A handler that settles the microversion before the route runs. */
    static Handler versioned(Route route) {
        return exchange -> route.answer(new Call(exchange, Microversion.of(exchange)));
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
