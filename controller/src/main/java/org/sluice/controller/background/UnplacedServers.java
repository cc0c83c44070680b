package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.scheduling.Scheduling;
import org.sluice.controller.server.Servers;
import org.sluice.controller.server.Task;
import org.sluice.model.Problem;
import org.sluice.model.ServerId;

/**
 * Ends what nobody would end any more of servers without a host: one in BUILD that waits for none becomes ERROR with the reason and
 * without ports, and one that is being deleted goes. Whoever makes or deletes a server does all of it in one transaction, so these
 * are left by books that were changed by hand, or by a version with a fault. Leaves servers that wait for a host that is coming back
 * ({@link WaitingBoots}), those that have a host, and those without one under which nothing is under way.
 */
public final class UnplacedServers implements Reconciler {
    private static final int MOST = 100;

    private final Turns turns;
    private final Scheduling scheduling;
    private final ServerPorts ports;
    private final Servers servers = new Servers();

    /** Wires it. */
    public UnplacedServers(Turns turns, Scheduling scheduling, ServerPorts ports) {
        this.turns = requireNonNull(turns, "turns is null");
        this.scheduling = requireNonNull(scheduling, "scheduling is null");
        this.ports = requireNonNull(ports, "ports is null");
    }

    @Override
    public String name() {
        return "unplaced-servers";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(5);
    }

    @Override
    public Look mend() {
        return turns.mendEach(name(), MOST, UnplacedServers::nowhere, this::end);
    }

    private static List<ServerId> nowhere(Handle handle) {
        return handle.createQuery("""
                        select s.id from server s
                        where s.host_id is null and s.task_state is not null
                          and not exists (select 1 from claim c where c.server_id = s.id)
                          and (s.task_state = 'deleting' or s.status = 'BUILD' and not exists (
                              select 1 from waiting_server w where w.server_id = s.id))
                        order by s.number limit :most for update skip locked""")
                .bind("most", MOST)
                .mapTo(UUID.class)
                .map(ServerId::new)
                .list();
    }

    private boolean end(Handle handle, ServerId server) {
        if (servers.hold(handle, server).orElseThrow().state().is(Task.DELETING)) {
            scheduling.requestDelete(handle, server);
        } else {
            ports.detach(handle, server);
            servers.refused(
                    handle,
                    server,
                    Problem.of(
                            Problem.Kind.CONFLICT,
                            "NoValidHost",
                            "No host was found for the server, and nobody looks for one any more."));
        }
        return true;
    }
}
