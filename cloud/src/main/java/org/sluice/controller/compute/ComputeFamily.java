package org.sluice.controller.compute;

import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.Routes;

/**
 * The Compute API v2.1 with microversions 2.1 to 2.96, at {@code /compute/v2.1} (OpenStack API reference, "Compute API").
 * Thread-safe; any number of controllers serve it from one database.
 */
public final class ComputeFamily implements ApiFamily {
    static final String MOUNT = "/compute";
    static final String VERSION_PATH = "/v2.1";

    private static final String REQUEST_ID = "x-openstack-request-id";

    private final ComputeFaults faults = new ComputeFaults();

    @Override
    public String mount() {
        return MOUNT;
    }

    @Override
    public void routes(Routes routes) {
        new Versions().routes(routes);
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public Reply finish(Exchange exchange, Reply reply) {
        Reply finished =
                reply.withHeader("x-compute-request-id", reply.headers().get(REQUEST_ID));
        if (reply.status() == 401) {
            return finished.withHeader("WWW-Authenticate", "Keystone uri=\"" + exchange.baseUrl() + "/identity\"");
        }
        String answered = Microversion.requested(exchange)
                .map(asked -> asked.equals("latest") ? Microversion.LATEST.toString() : asked)
                .orElse(Microversion.FIRST.toString());
        // A version that is not offered is echoed, as nova does; text that is no version is not.
        if (!Microversion.isWellFormed(answered)) {
            return finished;
        }
        return finished.withHeader("OpenStack-API-Version", "compute " + answered)
                .withHeader("X-OpenStack-Nova-API-Version", answered)
                .withHeader("Vary", "OpenStack-API-Version, X-OpenStack-Nova-API-Version");
    }
}
