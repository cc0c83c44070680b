package org.sluice.controller.scheduling;

import org.sluice.model.HostId;
import org.sluice.model.Problem;

/** What came of the request to place a server. */
public sealed interface Placement {
    /**
     * Everything is claimed, the ports are bound, and the host's desired state names the server.
     *
     * @param host where
     * @param hostName its name
     * @param zone the availability zone the host is in
     */
    record Placed(HostId host, String hostName, String zone) implements Placement {}

    /**
     * No host takes it; nothing is claimed.
     *
     * @param problem code {@code NoValidHost}; the sentence names each filter with its reason, shortened. More is in
     *     {@code scheduling_decision}
     * @param mayPass whether a host which would take it is just coming back: it may wait ({@link Scheduling#letWait})
     */
    record Refused(Problem problem, boolean mayPass) implements Placement {}
}
