package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collection;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.server.Servers;

/**
 * Tells of servers that are being deleted on a host which has not been heard of for five minutes, or which an operator declared
 * down: they show ERROR with the reason, and stay under deletion. Nothing is freed, since their guests may run on: claim, leases and
 * addresses are free when the host is back and has taken them away, or when the host is removed as lost. Leaves deletions on
 * hosts that are heard, and those that were told. Does nothing until this controller has been able to hear hosts for as long.
 */
public final class DeletionsOnSilentHosts implements Reconciler {
    private static final int MOST = 100;

    private final Turns turns;
    private final Supplier<Duration> watched;
    private final Servers servers = new Servers();

    /**
     * Wires it.
     *
     * @param watched how long hosts could have been heard ({@link FleetIndex#watched})
     */
    public DeletionsOnSilentHosts(Turns turns, Supplier<Duration> watched) {
        this.turns = requireNonNull(turns, "turns is null");
        this.watched = requireNonNull(watched, "watched is null");
    }

    @Override
    public String name() {
        return "deletions-on-silent-hosts";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Look mend() {
        return watched.get().compareTo(SilentHosts.BOUND) < 0 ? Look.NOTHING : turns.mend(name(), MOST, this::tell);
    }

    private int tell(Handle handle) {
        Collection<SilentHosts.Waiting> waiting = SilentHosts.hold(handle, "s.task_state = 'deleting'", MOST);
        for (SilentHosts.Waiting server : waiting) {
            servers.told(
                    handle,
                    servers.hold(handle, server.server()).orElseThrow(),
                    server.failure(
                            "The server is not deleted yet.",
                            "It goes when the host is back. If the machine is lost, and off for good: sluice fleet remove"
                                    + " --lost " + server.host() + "."));
        }
        return waiting.size();
    }
}
