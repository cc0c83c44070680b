package org.sluice.controller.compute.server;

import org.sluice.controller.http.Exchange;
import org.sluice.controller.server.ServerActions.Asker;

/** Requests as the record of a server's actions has them. */
public final class Askers {
    private Askers() {}

    /** Who asks, by which request. */
    public static Asker of(Exchange exchange) {
        return new Asker(
                exchange.requestId(),
                exchange.caller().userId(),
                exchange.caller().projectId());
    }
}
