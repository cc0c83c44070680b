package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.Supplier;
import org.sluice.controller.operation.Operations;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.server.DiskCopies;

/**
 * Ends copies of root disks that will not come: of servers whose host has not been heard for five minutes or was declared down, and of those that have
 * been at it for twelve hours. The image that awaits one goes, and the record of actions says why. Leaves others to their hosts,
 * which bring them or say why not. Does nothing until this controller has been able to hear hosts for as long.
 */
public final class CopiesThatNeverCome implements Reconciler {
    private final SilentHosts hosts;
    private final Operations operations;
    private final DiskCopies copies = new DiskCopies();

    /**
     * Wires it.
     *
     * @param operations may wait for such a copy, and are taken back then
     * @param watched how long hosts could have been heard ({@link FleetIndex#watched})
     */
    public CopiesThatNeverCome(Turns turns, Operations operations, Supplier<Duration> watched) {
        this.operations = requireNonNull(operations, "operations is null");
        this.hosts = new SilentHosts(turns, watched);
    }

    @Override
    public String name() {
        return "copies-that-never-come";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Look mend() {
        return hosts.mend(name(), handle -> copies.stalled(handle, SilentHosts.MOST), (handle, server) -> {
            boolean _ = operations.fail(handle, server, copies.endStalled(handle, server));
            return true;
        });
    }
}
