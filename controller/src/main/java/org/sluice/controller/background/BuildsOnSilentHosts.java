package org.sluice.controller.background;

import java.time.Duration;
import java.util.function.Supplier;
import org.sluice.controller.scheduling.FleetIndex;

/**
 * Tells of servers in BUILD, and of shelved ones that are being made again, that are placed on a host which has not been heard of for
 * five minutes, or which an operator declared down: they become ERROR with the reason. Nothing is freed, since the host may be
 * building them where nobody hears it: claim, ports and what the host is to make of it stay, and when it is back and reports the
 * server running, it is ACTIVE. Leaves servers on hosts that are heard, whose agents report what comes of them, those without a host
 * ({@link UnplacedServers}), and those that were told. Does nothing until this controller has been able to hear hosts for as long.
 */
public final class BuildsOnSilentHosts implements Reconciler {
    private final SilentHosts hosts;

    /**
     * Wires it.
     *
     * @param watched how long hosts could have been heard ({@link FleetIndex#watched})
     */
    public BuildsOnSilentHosts(Turns turns, Supplier<Duration> watched) {
        this.hosts = new SilentHosts(turns, watched);
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
        return hosts.tell(
                name(),
                "c.role = 'current' and s.status in ('BUILD', 'SHELVED_OFFLOADED') and s.task_state = 'spawning'",
                "The server is not built yet.",
                _ -> "It is built when the host is back. To have it elsewhere: openstack server evacuate, or create"
                        + " another.");
    }
}
