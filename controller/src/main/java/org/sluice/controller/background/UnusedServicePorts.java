package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;

/**
 * Takes {@code network:dhcp} ports away with their addresses from whose host no port of type normal of their network is bound any
 * more ({@link ServicePorts#releaseUnused}). Leaves those that serve somebody, and those of a boot that is on its way: it holds them.
 */
public final class UnusedServicePorts implements Reconciler {
    private static final int MOST = 100;

    private final Turns turns;
    private final ServicePorts ports;

    private record Unused(NetworkId network, HostId host) {}

    /** Wires it. */
    public UnusedServicePorts(Turns turns, ServicePorts ports) {
        this.turns = requireNonNull(turns, "turns is null");
        this.ports = requireNonNull(ports, "ports is null");
    }

    @Override
    public String name() {
        return "unused-service-ports";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(10);
    }

    @Override
    public Look mend() {
        return turns.mend(name(), MOST, this::release);
    }

    private int release(Handle handle) {
        List<Unused> unused = handle.createQuery("""
                        select p.network_id, p.service_host_id from port p
                        where p.service_host_id is not null and not exists (
                            select 1 from port_binding b join port o on o.id = b.port_id
                            where b.host_id = p.service_host_id and o.network_id = p.network_id
                              and o.vnic_type = 'normal')
                        order by p.id limit :most for update skip locked""")
                .bind("most", MOST)
                .map((row, _) -> new Unused(
                        new NetworkId(row.getObject("network_id", UUID.class)),
                        new HostId(row.getObject("service_host_id", UUID.class))))
                .list();
        unused.forEach(port -> ports.releaseUnused(handle, port.network(), port.host()));
        return unused.size();
    }
}
