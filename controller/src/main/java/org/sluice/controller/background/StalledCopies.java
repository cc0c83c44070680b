package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.sluice.controller.server.DiskCopies;

/**
 * Ends copies of root disks that will never become images: of servers whose hosts have been silent for five minutes, and of those
 * that have been at it for as long as no upload may take. The image that awaited it goes, and the server's record says why. Leaves
 * those whose hosts are heard: they bring the copy, or say why not.
 */
public final class StalledCopies implements Reconciler {
    private final Turns turns;
    private final DiskCopies copies;

    /** Ends those of that book. */
    public StalledCopies(Turns turns, DiskCopies copies) {
        this.turns = requireNonNull(turns, "turns is null");
        this.copies = requireNonNull(copies, "copies is null");
    }

    @Override
    public String name() {
        return "stalled-copies";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Look mend() {
        return turns.mend(name(), DiskCopies.MOST_STALLED, copies::endStalled);
    }
}
