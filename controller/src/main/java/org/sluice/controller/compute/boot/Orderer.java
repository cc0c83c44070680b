package org.sluice.controller.compute.boot;

import org.sluice.controller.compute.flavor.FlavorRules;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.policy.Access;
import org.sluice.controller.policy.Caller;

/**
 * Who asks for servers, and what he may name.
 *
 * @param access what he may
 * @param requestId names the request in the record of what was done
 * @param seesPrivateFlavors whether he may name a private flavor
 */
record Orderer(Access access, String requestId, boolean seesPrivateFlavors) {
    static Orderer of(Exchange exchange) {
        return new Orderer(exchange.access(), exchange.requestId(), exchange.may(FlavorRules.ACCESS));
    }

    Caller caller() {
        return access.caller();
    }
}
