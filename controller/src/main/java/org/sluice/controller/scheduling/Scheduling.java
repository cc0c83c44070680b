package org.sluice.controller.scheduling;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.network.AttachedPort;
import org.sluice.controller.network.Bindings;
import org.sluice.controller.network.ServerPorts;
import org.sluice.controller.network.ServicePorts;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.ServerReport;

/**
 * Gives servers a place and takes it back. Every method works inside the caller's transaction, which must be READ
 * COMMITTED, and leaves nothing behind if that fails. Several controllers may work on one database. Thread-safe.
 */
public final class Scheduling {
    /**
     * How often a request that found candidates lost all of them to others before it is refused. Each round means that
     * others got on, so only a fleet that is being filled at that moment comes near it.
     */
    private static final int MOST_ROUNDS = 20;

    /** Any constant will do, as long as nothing else in this database locks it. */
    private static final long MANY_AT_ONCE = 0x536c756963650001L;

    private final FleetIndex index;
    private final Bindings bindings;
    private final ServicePorts servicePorts;
    private final Claims claims = new Claims();
    private final Decisions decisions = new Decisions();
    private final Releases releases;

    /** Proposes from that index, binds and frees ports through the network's own rules. */
    public Scheduling(FleetIndex index, ServerPorts serverPorts, Bindings bindings, ServicePorts servicePorts) {
        this.index = requireNonNull(index, "index is null");
        this.bindings = requireNonNull(bindings, "bindings is null");
        this.servicePorts = requireNonNull(servicePorts, "servicePorts is null");
        this.releases = new Releases(requireNonNull(serverPorts, "serverPorts is null"), servicePorts, decisions);
    }

    /**
     * Finds a host and claims everything on it. A server row in state BUILD must be there. When it is placed, the row names
     * the host and its zone, the ports are bound, the VFs leased, and the host's agent is told when the transaction commits.
     * When it is refused, nothing is claimed and the row is as it was; what becomes of it is the caller's decision. The
     * decision is recorded either way.
     */
    public Placement place(Handle handle, ServerRequest request) {
        if (!handle.isInTransaction()) {
            throw new IllegalStateException("a server can only be placed inside a transaction");
        }
        Demand demand = Demand.of(request);
        Selection selection = Selection.of(index.hosts(handle), demand);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            for (HostState host : selection.candidates()) {
                Optional<Claims.Claimed> claimed = claims.claim(handle, request, host.id());
                if (claimed.isPresent()) {
                    settle(handle, request, host, claimed.get());
                    count(handle, host.id(), demand);
                    decisions.record(handle, request.server(), Optional.of(host.id()), selection.verdicts());
                    return new Placement.Placed(host.id(), host.name(), host.zone());
                }
                index.reload(handle, host.id());
            }
            // Never refuse on what the index remembers: others may have released since.
            index.reload(handle);
            selection = Selection.of(index.hosts(handle), demand);
            if (selection.candidates().isEmpty()) {
                break;
            }
        }
        List<Verdict> verdicts = withLostRaces(selection);
        decisions.record(handle, request.server(), Optional.empty(), verdicts);
        return new Placement.Refused(Refusal.of(verdicts));
    }

    /**
     * Places several servers in one transaction, in order. Use it instead of several calls of {@link #place}: transactions
     * that hold claims on more than one host follow one another, since they could wait for each other otherwise.
     */
    public List<Placement> placeAll(Handle handle, Collection<ServerRequest> requests) {
        if (requests.size() > 1) {
            handle.createQuery("select true from (select pg_advisory_xact_lock(:key)) held")
                    .bind("key", MANY_AT_ONCE)
                    .mapTo(Boolean.class)
                    .one();
        }
        List<Placement> placements = new ArrayList<>(requests.size());
        for (ServerRequest request : requests) {
            placements.add(place(handle, request));
        }
        return List.copyOf(placements);
    }

    /**
     * Asks for a server to go. On a host it becomes DELETING and keeps its claim until the agent has reported that nothing is
     * left; without a host it is gone at once, with its ports detached. A server that is going or gone stays so.
     */
    public void requestDelete(Handle handle, ServerId server) {
        releases.request(handle, server);
    }

    /**
     * Takes an agent's word that nothing of a server is left on its host. A lease ends when it is named with its present
     * generation, or when the card is gone; anything else in the report is void. When no lease is left, the claim ends too:
     * a DELETING server is gone, an ERROR server stays without a host. A report about a server that is wanted, or is on
     * another host, changes nothing.
     */
    public void released(Handle handle, HostId host, ServerReport.Absent report) {
        releases.released(handle, host, report);
    }

    private void settle(Handle handle, ServerRequest request, HostState host, Claims.Claimed claimed) {
        for (AttachedPort port : request.ports()) {
            switch (port.vnicType()) {
                case NORMAL -> bindings.bindNormal(handle, port.port(), host.id(), host.name(), host.zone());
                case DIRECT ->
                    bindings.bindDirect(
                            handle,
                            port.port(),
                            host.id(),
                            host.name(),
                            host.zone(),
                            claimed.functions().getOrDefault(port.port(), Map.of()));
            }
        }
        for (NetworkId network : bridgedNetworks(request.ports())) {
            servicePorts.ensure(handle, network, host.id());
        }
        handle.createUpdate("""
                        update server set host_id = :host, availability_zone = :zone, task_state = 'spawning',
                            updated_at = now() where id = :server""")
                .bind("host", host.id().value())
                .bind("zone", host.zone())
                .bind("server", request.server().value())
                .execute();
        ChangeFeed.announce(handle, hostTopic(host.id()));
    }

    /** Lets proposals of other requests see this claim before it commits. */
    private void count(Handle handle, HostId host, Demand demand) {
        index.claimed(host, demand);
        handle.afterRollback(() -> index.unclaimed(host, demand));
    }

    /** The networks whose DHCP and metadata the host must serve for these NICs. */
    static Set<NetworkId> bridgedNetworks(List<AttachedPort> ports) {
        return ports.stream()
                .filter(port -> port.vnicType() == VnicType.NORMAL)
                .map(AttachedPort::network)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The topic that wakes the agent of a host. */
    public static String hostTopic(HostId host) {
        return "host:" + host;
    }

    private static List<Verdict> withLostRaces(Selection selection) {
        return selection.verdicts().stream()
                .map(verdict -> verdict.accepted()
                        ? new Verdict(
                                verdict.host(),
                                false,
                                List.of(new Verdict.Reason(
                                        "Claim", "Other requests took what was free on the host first.")))
                        : verdict)
                .toList();
    }
}
