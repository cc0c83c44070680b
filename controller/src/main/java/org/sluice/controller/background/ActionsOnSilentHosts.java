package org.sluice.controller.background;

import java.time.Duration;
import java.util.function.Supplier;
import org.sluice.controller.scheduling.FleetIndex;

/**
 * Tells of servers of which something was asked that their host is to do, and has not been heard of for five minutes, or was declared
 * down: they become ERROR with the reason, which stands in the record of actions too. What was asked stays asked, since the host does it when it is back,
 * and what it reports then counts; a shelved server that leaves its host stays shelved. Leaves what others see to: what is built ({@link
 * BuildsOnSilentHosts}) or goes ({@link DeletionsOnSilentHosts}), copies of disks ({@link CopiesThatNeverCome}), operations ({@link
 * OverdueOperations}), hosts that are heard, and those that were told. Does nothing until this controller has been able to hear hosts for
 * as long.
 */
public final class ActionsOnSilentHosts implements Reconciler {
    private final SilentHosts hosts;

    /**
     * Wires it.
     *
     * @param watched how long hosts could have been heard ({@link FleetIndex#watched})
     */
    public ActionsOnSilentHosts(Turns turns, Supplier<Duration> watched) {
        this.hosts = new SilentHosts(turns, watched);
    }

    @Override
    public String name() {
        return "actions-on-silent-hosts";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Look mend() {
        return hosts.tell(
                name(),
                "c.role = 'current' and s.task_state not in ('scheduling', 'spawning', 'deleting', 'image_snapshot',"
                        + " 'image_backup', 'shelving') and not exists ("
                        + "select 1 from operation o where o.server_id = s.id)",
                "What was asked of the server is not done yet.",
                _ -> "It is done when the host is back. To have it elsewhere: openstack server evacuate.");
    }
}
