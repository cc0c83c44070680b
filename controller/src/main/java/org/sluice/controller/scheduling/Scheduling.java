package org.sluice.controller.scheduling;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.network.binding.AttachedPort;
import org.sluice.controller.network.binding.Bindings;
import org.sluice.controller.network.binding.ServerPorts;
import org.sluice.controller.network.binding.ServicePorts;
import org.sluice.controller.network.network.NetworkGate;
import org.sluice.controller.server.Claim;
import org.sluice.controller.server.Hardware;
import org.sluice.controller.server.ServerAction;
import org.sluice.controller.server.ServerActions.Asker;
import org.sluice.controller.server.Servers;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.OneByOne;
import org.sluice.model.AgentSilence;
import org.sluice.model.HostId;
import org.sluice.model.NetworkId;
import org.sluice.model.Problem;
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
     * A condition in SQL on the server whose id stands for the {@code %s}: a host that it is to go from may still run its guest, since that has
     * not said that nothing is left, and nobody says that it is down.
     */
    public static final String MAY_RUN_ELSEWHERE = """
            exists (select 1 from claim c join host h on h.id = c.host_id
                where c.server_id = %s and c.role = 'outgoing' and h.forced_down_at is null)""";

    /**
     * How often a request that found candidates lost all of them to others before it is refused. Each round means that
     * others got on, so only a fleet that is being filled at that moment comes near it.
     */
    private static final int MOST_ROUNDS = 20;

    /** Any constant will do, as long as nothing else in this database locks it. */
    private static final long MANY_AT_ONCE = 0x536c756963650001L;

    private static final String SAVEPOINT = "serve";

    private final FleetIndex index;
    private final ServicePorts servicePorts;
    private final DecisionObserver observer;
    private final Claims claims = new Claims();
    private final Servers servers = new Servers();
    private final Decisions decisions;
    private final Plugs plugs;
    private final Releases releases;
    private final Removals removals;
    private final Moves moves;
    private final ServerPorts serverPorts;
    private final ServerRequests requests;
    private final WaitingServers waiting;
    private final Duration patience;

    /** Proposes from that index, binds and frees ports through the network's own rules. */
    public Scheduling(FleetIndex index, ServerPorts serverPorts, Bindings bindings, ServicePorts servicePorts) {
        this(index, serverPorts, bindings, servicePorts, Duration.ZERO, DecisionObserver.NONE);
    }

    /**
     * The same with somebody who hears of every decision.
     *
     * @param patience how long a server waits for hosts that are just coming back; zero for not at all
     */
    public Scheduling(
            FleetIndex index,
            ServerPorts serverPorts,
            Bindings bindings,
            ServicePorts servicePorts,
            Duration patience,
            DecisionObserver observer) {
        this.patience = requireNonNull(patience, "patience is null");
        this.serverPorts = requireNonNull(serverPorts, "serverPorts is null");
        this.requests = new ServerRequests(serverPorts);
        this.waiting = new WaitingServers(requests);
        this.observer = requireNonNull(observer, "observer is null");
        this.decisions = new Decisions(observer);
        this.index = requireNonNull(index, "index is null");
        this.servicePorts = requireNonNull(servicePorts, "servicePorts is null");
        this.plugs = new Plugs(requireNonNull(bindings, "bindings is null"), servicePorts);
        this.releases = new Releases(serverPorts, servicePorts, decisions);
        this.moves = new Moves(serverPorts, servicePorts, bindings);
        this.removals = new Removals(servicePorts, releases);
    }

    /**
     * Finds a host and claims everything on it. A server row in state BUILD must be there. When it is placed, the row names
     * the host and its zone, the ports are bound, the VFs leased, and the host's agent is told when the transaction commits.
     * When it is refused, nothing is claimed and the row is as it was; what becomes of it is the caller's decision. The
     * decision is recorded either way.
     *
     * @throws ProblemException 409 when DHCP of a network has no address left in one of its subnets
     */
    public Placement place(Handle handle, ServerRequest request) {
        return place(handle, request, once(() -> serve(handle, List.of(request))));
    }

    /**
     * The same for a server that was placed before and is nowhere now: it needs what the books say of it. A host that has yet to give it up
     * does not take it.
     *
     * @param zone where it may be, {@code zone} or {@code zone:host}; empty for anywhere
     */
    public Placement placeAgain(Handle handle, ServerId server, Optional<String> zone) {
        ServerRequest request = requests.of(handle, List.of(server)).getFirst().in(zone);
        Servers.Held held = servers.hold(handle, server).orElseThrow();
        return place(
                handle,
                request,
                Claim.Role.CURRENT,
                host -> held.on(host.id()).isEmpty(),
                once(() -> serve(handle, List.of(request))));
    }

    private Placement place(Handle handle, ServerRequest request, Runnable beforeClaim) {
        return place(handle, request, Claim.Role.CURRENT, _ -> true, beforeClaim);
    }

    /** The same on hosts that it may be on at all; the others are not looked at. */
    private Placement place(
            Handle handle,
            ServerRequest request,
            Claim.Role role,
            Predicate<HostState> eligible,
            Runnable beforeClaim) {
        if (!handle.isInTransaction()) {
            throw new IllegalStateException("a server can only be placed inside a transaction");
        }
        Demand demand = Demand.of(request);
        Selection selection = select(handle, demand, eligible);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            for (HostState host : selection.candidates()) {
                beforeClaim.run();
                Optional<Claims.Claimed> claimed = claims.claim(handle, request, demand, host, role);
                if (claimed.isPresent()) {
                    settle(handle, request, host, claimed.get(), role);
                    count(handle, host.id(), demand);
                    decisions.record(handle, request.server(), Optional.of(host.id()), selection.verdicts());
                    return new Placement.Placed(host.id(), host.name(), host.zone());
                }
                observer.lostRace();
                index.reload(handle, host.id());
            }
            // Never refuse on what the index remembers: others may have released since.
            index.reload(handle);
            selection = select(handle, demand, eligible);
            if (selection.candidates().isEmpty()) {
                break;
            }
        }
        return refused(handle, request, selection);
    }

    private Selection select(Handle handle, Demand demand, Predicate<HostState> eligible) {
        return Selection.of(index.hosts(handle).stream().filter(eligible).toList(), demand);
    }

    private Placement.Refused refused(Handle handle, ServerRequest request, Selection selection) {
        List<Verdict> verdicts = withLostRaces(selection);
        decisions.record(handle, request.server(), Optional.empty(), verdicts);
        return new Placement.Refused(
                Refusal.of(verdicts), selection.silent().stream().anyMatch(this::isComingBack));
    }

    /** A host that was heard a moment ago, and every one while nobody has been there to hear it for longer than a moment. */
    private boolean isComingBack(HostState host) {
        return host.silence()
                        .filter(silence -> silence.compareTo(AgentSilence.LONGEST.plus(patience)) < 0)
                        .isPresent()
                ? !patience.isZero()
                : hasJustBegun();
    }

    private boolean hasJustBegun() {
        return index.watched().compareTo(patience) < 0;
    }

    /**
     * Lets a server that was refused wait for hosts which are just coming back. It stays in BUILD with its ports, and
     * {@link #retryWaiting} places it, or tells that it gets no host.
     */
    public void letWait(Handle handle, ServerId server) {
        waiting.add(handle, server, patience);
    }

    /**
     * What became of some servers that wait.
     *
     * @param last the last one that was looked at; empty when there was none
     * @param looked how many were looked at
     * @param settled how many of them wait no more: they have a host, or are in ERROR with the reason; and what kept one that could not be looked at
     */
    public record Retried(Optional<ServerId> last, int looked, OneByOne.Done settled) {}

    /**
     * Places servers that wait, where a host can take them now. One that has waited for as long as it may, or for which no silent
     * host is left that would take it, ends in ERROR with the reason and without ports. While hosts could not have been heard for as
     * long as a server may wait, none has waited too long.
     *
     * @param after the last one of the look before
     * @param most how many are looked at
     */
    public Retried retryWaiting(Handle handle, Optional<ServerId> after, int most) {
        List<WaitingServers.Waiting> some = waiting.hold(handle, after, most);
        if (some.isEmpty()) {
            return new Retried(Optional.empty(), 0, new OneByOne.Done(0, Optional.empty()));
        }
        index.reload(handle);
        if (some.size() > 1) {
            oneAfterAnother(handle);
        }
        // Before the first host's row is locked, like whoever changes a subnet.
        Map<ServerId, Problem> unserved = new HashMap<>();
        for (WaitingServers.Waiting one : some) {
            trouble(handle, one.request())
                    .ifPresent(problem -> unserved.put(one.request().server(), problem));
        }
        OneByOne.Done settled = OneByOne.each(handle, some, one -> {
            ServerId server = one.request().server();
            boolean isSettled = unserved.containsKey(server) || settle(handle, one);
            Optional.ofNullable(unserved.get(server)).ifPresent(problem -> refuse(handle, server, problem));
            if (isSettled) {
                waiting.remove(handle, server);
            }
            return isSettled;
        });
        return new Retried(Optional.of(some.getLast().request().server()), some.size(), settled);
    }

    /** Why the networks of a server that some host would take now cannot be served; empty when they are, and when none would. */
    private Optional<Problem> trouble(Handle handle, ServerRequest request) {
        if (Selection.of(index.hosts(handle), Demand.of(request)).candidates().isEmpty()) {
            return Optional.empty();
        }
        handle.savepoint(SAVEPOINT);
        try {
            serve(handle, List.of(request));
            handle.releaseSavepoint(SAVEPOINT);
            return Optional.empty();
        } catch (ProblemException noAddress) {
            handle.rollbackToSavepoint(SAVEPOINT);
            return Optional.of(noAddress.problem());
        }
    }

    /** Whether it waits no more. */
    private boolean settle(Handle handle, WaitingServers.Waiting one) {
        ServerRequest request = one.request();
        boolean isOver = one.isOver() && !hasJustBegun();
        Selection selection = Selection.of(index.hosts(handle), Demand.of(request));
        if (selection.candidates().isEmpty() && !selection.silent().isEmpty() && !isOver) {
            return false;
        }
        // Of the looks of a server that waited, the newest says it all.
        decisions.forget(handle, request.server());
        return switch (place(handle, request, () -> {})) {
            case Placement.Placed _ -> true;
            case Placement.Refused refused
            when isOver || selection.candidates().isEmpty() -> {
                refuse(handle, request.server(), isOver ? afterWaiting(refused.problem()) : refused.problem());
                yield true;
            }
            case Placement.Refused _ -> false;
        };
    }

    private Problem afterWaiting(Problem problem) {
        return new Problem(
                problem.kind(),
                problem.code(),
                problem.sentence() + " No host that was silent came back within " + patience.toSeconds() + " s.",
                problem.fix());
    }

    private void refuse(Handle handle, ServerId server, Problem problem) {
        serverPorts.detach(handle, server);
        servers.refused(handle, server, problem);
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
        return selection.candidates().isEmpty() ? Optional.of(refused(handle, request, selection)) : Optional.empty();
    }

    /**
     * Places several servers in one transaction, in order. Use it instead of several calls of {@link #place}: transactions
     * that hold claims on more than one host follow one another, since they could wait for each other otherwise. The fleet is
     * read once for a refusal: who asks for the same as one that was refused is refused with it.
     */
    public List<Placement> placeAll(Handle handle, Collection<ServerRequest> requests) {
        // Taken before the first claim and not earlier: who finds no host holds up nobody.
        Runnable beforeClaim = once(() -> {
            if (requests.size() > 1) {
                oneAfterAnother(handle);
            }
            serve(handle, requests);
        });
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

    /** Whether a server fits elsewhere. */
    public sealed interface Elsewhere {
        /** Some host would take it. */
        record Fits() implements Elsewhere {}

        /** None would; the sentence says why. */
        record Refused(Problem problem) implements Elsewhere {}
    }

    /** Which of these servers, all of them on that host, another one would take now. Nothing is claimed. */
    public Map<ServerId, Elsewhere> elsewhere(Handle handle, HostId from, Collection<ServerId> standing) {
        if (standing.isEmpty()) {
            return Map.of();
        }
        index.reload(handle);
        Map<ServerId, Elsewhere> found = new HashMap<>();
        for (ServerRequest request : requests.of(handle, standing)) {
            Demand demand = Demand.of(request.movingTo(Optional.empty()));
            Selection selection = select(handle, demand, other -> !other.id().equals(from));
            found.put(
                    request.server(),
                    selection.candidates().isEmpty()
                            ? new Elsewhere.Refused(Refusal.elsewhere(selection.verdicts()))
                            : new Elsewhere.Fits());
        }
        return found;
    }

    /**
     * Takes a place on another host for a server whose own is down, as {@link #reserve} does. NICs that come or go there do so on the
     * other host.
     *
     * @param server held
     * @param host name of the only host wanted
     * @throws ProblemException 409 when a host where it was before has not given it up, or DHCP of a network has no address left
     */
    public Placement reserveElsewhere(Handle handle, Servers.Held server, Optional<String> host) {
        Moves.requireOnePlace(server, ServerAction.EVACUATE.text());
        return reserve(
                handle,
                server,
                requests.of(handle, List.of(server.id())).getFirst().movingTo(host));
    }

    /**
     * Takes a place on another host for a server that is to go there, with virtual functions and bindings of its own. That host is not
     * told of it before {@link #arrive}. The decision is recorded.
     *
     * @param server held
     * @param to what it is made of there
     * @param host name of the only host wanted
     * @throws ProblemException 409 when a host where it was before has not given it up, one of its NICs comes or goes, or DHCP of a network
     *     has no address left
     */
    public Placement reserve(Handle handle, Servers.Held server, Hardware to, Optional<String> host) {
        ServerRequest request = requests.of(handle, List.of(server.id()))
                .getFirst()
                .movingTo(host)
                .madeOf(to);
        Moves.requireSettled(server, request.ports(), ServerAction.MIGRATE.text());
        return reserve(handle, server, request);
    }

    private Placement reserve(Handle handle, Servers.Held server, ServerRequest request) {
        HostId from = server.host().orElseThrow();
        oneAfterAnother(handle);
        serve(handle, List.of(request));
        return place(handle, request, Claim.Role.INCOMING, other -> !other.id().equals(from), () -> {});
    }

    /**
     * A server for which a place was taken is there from now on, and that host is told. Where it was stays as it is, with its claim, leases
     * and bindings, of which those of the other host are the active ones now.
     */
    public void arrive(Handle handle, Servers.Held server) {
        oneAfterAnother(handle);
        moves.arrive(handle, server);
    }

    /** A server that arrived is again where it was, and the other host is told that it is to go. One that is there stays. */
    public void goBack(Handle handle, Servers.Held server) {
        oneAfterAnother(handle);
        moves.goBack(handle, server);
    }

    /** The host where a server was is told that it does not come back. */
    public void giveUpOldPlace(Handle handle, Servers.Held server) {
        oneAfterAnother(handle);
        moves.giveUpOldPlace(handle, server);
    }

    /**
     * A server that is shelved is on no host from now on; the one that it was leaving, which is down, is to give it up when it is back.
     *
     * @throws ProblemException 409 when a host where it was before that has not given it up
     */
    public void leaveBehind(Handle handle, Servers.Held server, Asker asker) {
        moves.leaveBehind(handle, server, asker);
    }

    /** Gives a place back that was taken for a server which has not arrived; nothing happens where there is none. */
    public void giveUpReserved(Handle handle, Servers.Held server) {
        moves.giveUpReserved(handle, server);
    }

    /** Whether {@link #MAY_RUN_ELSEWHERE} holds of the server. */
    public boolean mayRunElsewhere(Handle handle, ServerId server) {
        return Moves.mayRunElsewhere(handle, server);
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

    /** Holds the servers' networks and has them served, before a host's row is locked. */
    private void serve(Handle handle, Collection<ServerRequest> requests) {
        List<AttachedPort> ports =
                requests.stream().flatMap(request -> request.ports().stream()).toList();
        NetworkGate.come(
                handle, ports.stream().map(AttachedPort::network).distinct().toList());
        Set<NetworkId> bridged = bridgedNetworks(ports);
        if (!bridged.isEmpty()) {
            servicePorts.ensure(handle, bridged);
        }
    }

    private static Runnable once(Runnable work) {
        boolean[] done = {false};
        return () -> {
            if (!done[0]) {
                done[0] = true;
                work.run();
            }
        };
    }

    private void settle(Handle handle, ServerRequest request, HostState host, Claims.Claimed claimed, Claim.Role role) {
        for (AttachedPort port : request.ports()) {
            Map<String, Object> functions = claimed.functions().getOrDefault(port.port(), Map.of());
            if (role == Claim.Role.INCOMING) {
                plugs.reserve(handle, port, host.id(), functions);
            } else {
                plugs.bind(handle, port, host.id(), host.name(), host.zone(), functions);
            }
        }
        if (role == Claim.Role.INCOMING) {
            // Its host is told when the server comes.
            return;
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
