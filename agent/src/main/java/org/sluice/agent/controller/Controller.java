package org.sluice.agent.controller;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.sluice.model.ImageId;
import org.sluice.model.protocol.DesiredHost;
import org.sluice.model.protocol.HostQuery;
import org.sluice.model.protocol.Inventory;
import org.sluice.model.protocol.ServerReport;

/**
 * What an agent needs of the controller. Every call may be repeated without harm, and fails with
 * {@link ControllerUnavailableException} when there was no answer or not the one that was expected. Thread-safe.
 */
public interface Controller {
    /** Tells what the host has. */
    void inventory(Inventory inventory);

    /**
     * Waits until the desired state is another than the one that is known.
     *
     * @param known what the agent has, all of it
     * @param wait how long the controller may hold the answer back
     * @return the desired state, or what changed since the known one, or empty when nothing did
     */
    Optional<DesiredHost> desired(DesiredHost.Known known, Duration wait);

    /** Tells what was found out about servers. */
    void report(List<ServerReport> reports);

    /**
     * Brings the file that is to become an image.
     *
     * @throws org.sluice.model.ProblemException when the controller does not take it, now or later
     */
    void bring(ImageId image, Path file);

    /** Answers a query. */
    void answer(HostQuery.Answer answer);
}
