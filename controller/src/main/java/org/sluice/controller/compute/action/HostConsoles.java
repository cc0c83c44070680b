package org.sluice.controller.compute.action;

import java.time.Duration;
import java.util.Optional;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;

/** Asks a host for the console of a server on it. What asks agents stands beside their API, which this one does not know. Thread-safe. */
@FunctionalInterface
public interface HostConsoles {
    /**
     * The end of a server's console.
     *
     * @param lines how many lines; -1 for all that is kept
     * @param limit how long to wait
     * @return the text, or empty when the host did not answer in time
     * @throws InterruptedException when the thread is told to stop waiting
     */
    Optional<String> tail(HostId host, ServerId server, int lines, Duration limit) throws InterruptedException;
}
