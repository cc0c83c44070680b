package org.sluice.controller.background;

import java.time.Duration;
import java.util.function.Supplier;
import org.sluice.controller.scheduling.FleetIndex;

/**
 * Tells of servers that are being deleted on a host which has not been heard of for five minutes, or which an operator declared
 * down: they show ERROR with the reason, and stay under deletion. Nothing is freed, since their guests may run on: claim, leases and
 * addresses are free when the host is back and has taken them away, or when the host is removed as lost. Leaves deletions on
 * hosts that are heard, and those that were told. Does nothing until this controller has been able to hear hosts for as long.
 */
public final class DeletionsOnSilentHosts implements Reconciler {
    private final SilentHosts hosts;

    /**
     * Wires it.
     *
     * @param watched how long hosts could have been heard ({@link FleetIndex#watched})
     */
    public DeletionsOnSilentHosts(Turns turns, Supplier<Duration> watched) {
        this.hosts = new SilentHosts(turns, watched);
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
        return hosts.tell(
                name(),
                "s.task_state = 'deleting'",
                "The server is not deleted yet.",
                host -> "It goes when the host is back. If the machine is lost, and off for good: sluice fleet remove"
                        + " --lost " + host + ".");
    }
}
