package org.sluice.controller.scheduling;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.ProblemException;
import org.sluice.model.Resources;
import org.sluice.model.ServerId;
import org.sluice.model.VnicType;
import org.sluice.model.protocol.ServerReport;
import org.sluice.model.protocol.VirtualFunctionLease;

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

    private static final String SAVEPOINT = "host";

    /** A network has no address left for DHCP on a further host: these hosts have theirs. */
    private record WithoutAddress(ProblemException problem, Set<HostId> serving) {}

    private final FleetIndex index;
    private final ServicePorts servicePorts;
    private final DecisionObserver observer;
    private final Claims claims = new Claims();
    private final Servers servers = new Servers();
    private final Decisions decisions;
    private final Plugs plugs;
    private final Releases releases;
    private final Removals removals;

    /** Proposes from that index, binds and frees ports through the network's own rules. */
    public Scheduling(FleetIndex index, ServerPorts serverPorts, Bindings bindings, ServicePorts servicePorts) {
        this(index, serverPorts, bindings, servicePorts, DecisionObserver.NONE);
    }

    /** The same with somebody who hears of every decision. */
    public Scheduling(
            FleetIndex index,
            ServerPorts serverPorts,
            Bindings bindings,
            ServicePorts servicePorts,
            DecisionObserver observer) {
        this.observer = requireNonNull(observer, "observer is null");
        this.decisions = new Decisions(observer);
        this.index = requireNonNull(index, "index is null");
        this.servicePorts = requireNonNull(servicePorts, "servicePorts is null");
        this.plugs = new Plugs(requireNonNull(bindings, "bindings is null"), servicePorts);
        this.releases = new Releases(requireNonNull(serverPorts, "serverPorts is null"), servicePorts, decisions);
        this.removals = new Removals(serverPorts, servicePorts, decisions);
    }

    /**
     * Finds a host and claims everything on it. A server row in state BUILD must be there. When it is placed, the row names
     * the host and its zone, the ports are bound, the VFs leased, and the host's agent is told when the transaction commits.
     * When it is refused, nothing is claimed and the row is as it was; what becomes of it is the caller's decision. The
     * decision is recorded either way.
     *
     * @throws ProblemException 409 when only hosts are left on which DHCP of a network would need an address that it has not
     */
    public Placement place(Handle handle, ServerRequest request) {
        return place(handle, request, () -> {});
    }

    private Placement place(Handle handle, ServerRequest request, Runnable beforeClaim) {
        if (!handle.isInTransaction()) {
            throw new IllegalStateException("a server can only be placed inside a transaction");
        }
        Demand demand = Demand.of(request);
        Selection selection = Selection.of(index.hosts(handle), demand);
        Optional<WithoutAddress> withoutAddress = Optional.empty();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            for (HostState host : selection.candidates()) {
                if (withoutAddress.isPresent()
                        && !withoutAddress.get().serving().contains(host.id())) {
                    continue;
                }
                beforeClaim.run();
                handle.savepoint(SAVEPOINT);
                Optional<Claims.Claimed> claimed = claims.claim(handle, request, demand, host);
                if (claimed.isPresent()) {
                    Optional<ProblemException> noAddress = serve(handle, request, host);
                    if (noAddress.isPresent()) {
                        handle.rollbackToSavepoint(SAVEPOINT);
                        withoutAddress = Optional.of(new WithoutAddress(
                                noAddress.get(), servicePorts.hostsServing(handle, bridgedNetworks(request.ports()))));
                        continue;
                    }
                    settle(handle, request, host, claimed.get());
                    handle.releaseSavepoint(SAVEPOINT);
                    count(handle, host.id(), demand);
                    decisions.record(handle, request.server(), Optional.of(host.id()), selection.verdicts());
                    return new Placement.Placed(host.id(), host.name(), host.zone());
                }
                handle.releaseSavepoint(SAVEPOINT);
                observer.lostRace();
                index.reload(handle, host.id());
            }
            if (withoutAddress.isPresent()) {
                throw withoutAddress.get().problem();
            }
            // Never refuse on what the index remembers: others may have released since.
            index.reload(handle);
            selection = Selection.of(index.hosts(handle), demand);
            if (selection.candidates().isEmpty()) {
                break;
            }
        }
        return refused(handle, request, withLostRaces(selection));
    }

    private Placement.Refused refused(Handle handle, ServerRequest request, List<Verdict> verdicts) {
        decisions.record(handle, request.server(), Optional.empty(), verdicts);
        return new Placement.Refused(Refusal.of(verdicts));
    }

    /**
     * Whether no host would take a server, without a claim on any: what to ask before much is written that would be taken back.
     * The decision is recorded when it is a refusal; an empty answer promises nothing.
     */
    public Optional<Placement.Refused> refusal(Handle handle, ServerRequest request) {
        Demand demand = Demand.of(request);
        if (!Selection.of(index.hosts(handle), demand).candidates().isEmpty()) {
            return Optional.empty();
        }
        // Never refuse on what the index remembers: others may have released since.
        index.reload(handle);
        Selection selection = Selection.of(index.hosts(handle), demand);
        return selection.candidates().isEmpty()
                ? Optional.of(refused(handle, request, selection.verdicts()))
                : Optional.empty();
    }

    /**
     * Places several servers in one transaction, in order. Use it instead of several calls of {@link #place}: transactions
     * that hold claims on more than one host follow one another, since they could wait for each other otherwise. The fleet is
     * read once for a refusal: who asks for the same as one that was refused is refused with it.
     */
    public List<Placement> placeAll(Handle handle, Collection<ServerRequest> requests) {
        // Taken before the first claim and not earlier: who finds no host holds up nobody.
        Runnable beforeClaim = requests.size() > 1 ? () -> oneAfterAnother(handle) : () -> {};
        List<Placement> placements = new ArrayList<>(requests.size());
        Map<Demand, Placement> refused = new HashMap<>();
        for (ServerRequest request : requests) {
            Demand demand = Demand.of(request);
            Placement known = refused.get(demand);
            Placement placement = known == null ? place(handle, request, beforeClaim) : known;
            if (placement instanceof Placement.Refused) {
                refused.put(demand, placement);
            }
            placements.add(placement);
        }
        return List.copyOf(placements);
    }

    /**
     * Keeps claims off these hosts until the transaction ends: what it reads of them from now on is what claims go by. Waits, like
     * everybody who holds more than one host, for others who do.
     */
    public static void lockOutClaims(Handle handle, Collection<HostId> hosts) {
        if (hosts.isEmpty()) {
            return;
        }
        oneAfterAnother(handle);
        handle.createQuery("select id from host where id = any(:hosts) order by id for update")
                .bindArray(
                        "hosts", UUID.class, hosts.stream().map(HostId::value).toList())
                .mapTo(UUID.class)
                .list();
    }

    /** Taking it again in the same transaction is free. */
    private static void oneAfterAnother(Handle handle) {
        handle.createQuery("select true from (select pg_advisory_xact_lock(:key)) held")
                .bind("key", MANY_AT_ONCE)
                .mapTo(Boolean.class)
                .one();
    }

    /**
     * Asks for a server to go. On a host that is under way then, and it keeps its claim until the agent has reported that nothing is
     * left; without a host it is gone at once, with its ports detached. A server that is going or gone stays so.
     */
    public void requestDelete(Handle handle, ServerId server) {
        releases.request(handle, server);
    }

    /**
     * Takes an agent's word that nothing of a server is left on its host. A lease ends when it is named with its present
     * generation, or when the card is gone; anything else in the report is void. When no lease is left, the claim ends too:
     * one that is being deleted is gone, one that could not be built stays without a host. A report about a server that is wanted, or is on
     * another host, changes nothing.
     */
    public void released(Handle handle, HostId host, ServerReport.Absent report) {
        releases.released(handle, host, report);
    }

    /**
     * Gives a server that has its place one NIC more there: the port is bound, with a virtual function leased to it where it is direct, and
     * the host's agent is told when the transaction commits.
     *
     * @param zone the host's availability zone
     * @throws ProblemException 400 when the host has no virtual function left for it, or no uplink to its physical network; 409 when
     *     DHCP of its network would need an address there that it has not
     */
    public void plug(Handle handle, HostId host, String zone, AttachedPort port) {
        plugs.plug(handle, host, zone, port);
    }

    /**
     * Takes an agent's word that nothing is left of a NIC that went from a server that stands: the port is given back, and its lease ends.
     *
     * @param released the leases that the agent names, with their generations
     * @return false when its lease is not among them, and then nothing changes
     */
    public boolean unplugged(Handle handle, HostId host, AttachedPort port, List<VirtualFunctionLease> released) {
        return releases.unplugged(handle, host, port, released);
    }

    /** Has a claim take more or less of its host; false when that has no room for more. A host that takes no new servers keeps its own. */
    public boolean change(Handle handle, ServerId server, Claim claim, Resources to) {
        if (claim.resources().equals(to)) {
            return true;
        }
        boolean fits = claims.change(handle, server, claim, to);
        if (fits) {
            ChangeFeed.announce(handle, FleetIndex.TOPIC);
        }
        return fits;
    }

    /**
     * Takes a host out of the fleet: its certificate is out of service at once, and its name is free.
     *
     * @param isLost the machine is gone with everything on it: its servers lose claim, leases and addresses, and stay in ERROR
     *     unless they were to go anyway
     * @return false when there is no such host
     * @throws ProblemException 409 when it has servers, or is said to be lost and is up
     */
    public boolean remove(Handle handle, HostId host, boolean isLost) {
        return removals.remove(handle, host, isLost);
    }

    /**
     * Lets the host serve DHCP and metadata of the server's networks. That takes an address a network, so a host that serves
     * a network already may do where another does not.
     *
     * @return why it cannot
     */
    private Optional<ProblemException> serve(Handle handle, ServerRequest request, HostState host) {
        try {
            for (NetworkId network : bridgedNetworks(request.ports())) {
                servicePorts.ensure(handle, network, host.id());
            }
            return Optional.empty();
        } catch (ProblemException noAddress) {
            return Optional.of(noAddress);
        }
    }

    private void settle(Handle handle, ServerRequest request, HostState host, Claims.Claimed claimed) {
        for (AttachedPort port : request.ports()) {
            plugs.bind(
                    handle,
                    port,
                    host.id(),
                    host.name(),
                    host.zone(),
                    claimed.functions().getOrDefault(port.port(), Map.of()));
        }
        servers.placed(handle, request.server(), host.id(), host.zone());
        Hosts.changed(handle, host.id(), request.server());
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
