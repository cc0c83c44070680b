package org.sluice.controller.background;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.store.OneByOne;
import org.sluice.model.ServerId;

/**
 * Frees ports that are NICs of a server that is not there, as if it had gone ({@link ServerPorts#detach}): those that were made for
 * it go, the others may be used again. Leaves ports of servers that are there, whatever state these are in, those that name some
 * device without being a server's NIC, and those of DHCP ({@link UnusedServicePorts}). A binding or a lease without the claim of a
 * server cannot be: the database refuses it. It goes through the servers that ports name in the order of their ids, a part at each look.
 */
public final class PortsBoundToNothing implements Reconciler {
    private static final int MOST = 1000;
    private static final UUID FIRST = new UUID(0, 0);

    private final Turns turns;
    private final ServerPorts ports;
    /** The last server that was looked at. */
    private UUID after = FIRST;

    /** Wires it. */
    public PortsBoundToNothing(Turns turns, ServerPorts ports) {
        this.turns = requireNonNull(turns, "turns is null");
        this.ports = requireNonNull(ports, "ports is null");
    }

    private record Named(UUID server, boolean isThere) {}

    private record Looked(List<Named> named, OneByOne.Done freed) {}

    @Override
    public String name() {
        return "ports-bound-to-nothing";
    }

    @Override
    public Duration pause() {
        return Duration.ofMinutes(10);
    }

    @Override
    public Look mend() {
        Optional<Looked> looked = turns.take(name(), this::free);
        boolean more = looked.filter(some -> some.named().size() == MOST).isPresent();
        after = more ? looked.orElseThrow().named().getLast().server() : FIRST;
        return looked.map(some ->
                        new Look(some.freed().count(), more, some.freed().failure()))
                .orElse(Look.NOTHING);
    }

    private Looked free(Handle handle) {
        // A server and its ports are written in one transaction, so that whoever sees the one sees the other.
        List<Named> some = handle.createQuery("""
                        select named.server_id, exists (select from server s where s.id = named.server_id) as there
                        from (select distinct server_id from port where server_id > :after order by server_id limit :most) named
                        order by named.server_id""")
                .bind("after", after)
                .bind("most", MOST)
                .map((row, _) -> new Named(row.getObject("server_id", UUID.class), row.getBoolean("there")))
                .list();
        List<ServerId> gone = some.stream()
                .filter(named -> !named.isThere())
                .map(named -> new ServerId(named.server()))
                .toList();
        return new Looked(some, OneByOne.each(handle, gone, server -> {
            ports.detach(handle, server);
            return true;
        }));
    }
}
