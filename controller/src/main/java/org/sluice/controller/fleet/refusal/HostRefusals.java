package org.sluice.controller.fleet.refusal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.sluice.model.HostId;
import org.sluice.model.protocol.DriverRefusal;

/**
 * Asks a host what its drivers refused, or has it forget that. What asks agents stands beside their API, which this one does not
 * know. Thread-safe.
 */
@FunctionalInterface
public interface HostRefusals {
    /**
     * What the host knows, or what it forgot.
     *
     * @param forgets whether it is to forget them
     * @param card of which kind of card ({@link DriverRefusal#key}); empty for all
     * @param limit how long to wait
     * @return empty when the host did not answer in time; it may forget them yet
     * @throws InterruptedException when the thread is told to stop waiting
     */
    Optional<List<DriverRefusal>> ask(HostId host, boolean forgets, Optional<String> card, Duration limit)
            throws InterruptedException;
}
