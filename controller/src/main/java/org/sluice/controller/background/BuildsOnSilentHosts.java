package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collection;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.server.Servers;

/**
 * Tells of servers in BUILD that are placed on a host which has not been heard of for five minutes, or which an operator declared
 * down: they become ERROR with the reason. Nothing is freed, since the host may be building them where nobody hears it: claim, ports
 * and what the host is to make of it stay, and when it is back and reports the server running, it is ACTIVE. Leaves servers in BUILD
 * on hosts that are heard, whose agents report what comes of them, those without a host ({@link UnplacedServers}), and those that
 * were told. Does nothing until this controller has been able to hear hosts for as long.
 */
public final class BuildsOnSilentHosts implements Reconciler {
    private static final int MOST = 100;

    private final Turns turns;
    private final Supplier<Duration> watched;
    private final Servers servers = new Servers();

    /**
     * Wires it.
     *
     * @param watched how long hosts could have been heard ({@link FleetIndex#watched})
     */
    public BuildsOnSilentHosts(Turns turns, Supplier<Duration> watched) {
        this.turns = requireNonNull(turns, "turns is null");
        this.watched = requireNonNull(watched, "watched is null");
    }

    @Override
    public String name() {
        return "builds-on-silent-hosts";
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
        Collection<SilentHosts.Waiting> waiting = SilentHosts.hold(
                handle,
                "c.role = 'current' and s.status in ('BUILD', 'SHELVED_OFFLOADED') and s.task_state = 'spawning'",
                MOST);
        for (SilentHosts.Waiting server : waiting) {
            servers.told(
                    handle,
                    servers.hold(handle, server.server()).orElseThrow(),
                    server.failure(
                            "The server is not built yet.",
                            "It is built when the host is back. To have it elsewhere: openstack server evacuate, or create another."));
        }
        return waiting.size();
    }
}
