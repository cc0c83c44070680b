package org.sluice.controller.observation;

import static java.util.Objects.requireNonNull;

import org.sluice.controller.http.ApiFamily;
import org.sluice.controller.http.Faults;
import org.sluice.controller.http.Handler;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.SluiceFaults;

/**
 * One path that machines ask without a token.
 *
 * @param mount the path, {@code /healthz}
 * @param handler answers
 */
record Probe(String mount, Handler handler) implements ApiFamily {
    Probe {
        requireNonNull(mount, "mount is null");
        requireNonNull(handler, "handler is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.open("GET", "", handler);
    }

    @Override
    public Faults faults() {
        return new SluiceFaults();
    }
}
