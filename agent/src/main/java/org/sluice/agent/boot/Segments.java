package org.sluice.agent.boot;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.host.Bridges;
import org.sluice.agent.host.Bridges.Segment;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.SegmentServices;
import org.sluice.agent.host.SegmentServices.Client;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredServer;
import org.sluice.model.protocol.ServedNetwork;

/**
 * What the servers of this host share on a network: its bridge, and its DHCP and metadata. One network changes at a time,
 * so that the last server to leave takes the bridge away and none that is just arriving loses it. Knows the clients of a
 * network in memory; after a restart the agent lets every running server join again. What cannot be served of one server harms none
 * that was served before. Thread-safe.
 */
public final class Segments {
    private static final Logger LOG = LoggerFactory.getLogger(Segments.class);

    private final Bridges bridges;
    private final SegmentServices services;
    private final Map<NetworkId, Network> networks = new ConcurrentHashMap<>();

    private static final class Network {
        private final ReentrantLock lock = new ReentrantLock();
        private final Map<PortId, Client> clients = new LinkedHashMap<>();

        /** Those that the services were told of by this agent; of others its books say so. */
        private final Set<PortId> served = new HashSet<>();

        private boolean hasFallen;
        private int falls;

        /** Whether it is told to the services already, word for word. */
        boolean serves(Client client) {
            PortId port = client.nic().port();
            return !hasFallen && served.contains(port) && client.equals(clients.get(port));
        }

        void servesAll() {
            served.addAll(clients.keySet());
            hasFallen = false;
        }
    }

    public Segments(Bridges bridges, SegmentServices services) {
        this.bridges = requireNonNull(bridges, "bridges is null");
        this.services = requireNonNull(services, "services is null");
    }

    /** Where a NIC is, as the host sees it. */
    public static Segment segmentOf(Bridge nic) {
        return new Segment(nic.network(), nic.uplink(), nic.vlan(), nic.mtu());
    }

    /**
     * Makes the NIC's tap on the bridge of its network, and the bridge if this is the first; returns the tap's name.
     *
     * @throws org.sluice.model.ProblemException when the host has no uplink to the NIC's physical network, or the tap does not
     *     read back on that bridge
     */
    public String plug(Bridge nic) {
        requireUplink(nic);
        Network network = lock(nic.network());
        try {
            Segment segment = segmentOf(nic);
            String bridge = bridges.ensure(segment);
            String tap = bridges.ensureTap(segment, nic.port());
            requirePlugged(nic, tap, bridge);
            return tap;
        } finally {
            network.lock.unlock();
        }
    }

    /** Takes the NIC's tap away, and the bridge with it if that was the last. */
    public void unplug(Bridge nic) {
        Network network = lock(nic.network());
        try {
            bridges.removeTap(nic.port());
            boolean _ = bridges.removeIfUnused(nic.network());
        } finally {
            network.lock.unlock();
        }
    }

    /** Checks that the NIC's tap is on the bridge of its network, and that on its uplink; returns the tap's name. */
    public String plugged(Bridge nic) {
        String tap = Segment.tapName(nic.port());
        requirePlugged(nic, tap, segmentOf(nic).bridgeName());
        Optional<String> deviation = bridges.deviation(segmentOf(nic));
        if (deviation.isPresent()) {
            throw new KernelException.Differs(
                    "BridgeDiffers",
                    deviation.get(),
                    Optional.of("Make sure that no network daemon of the host manages Sluice's bridges."));
        }
        return tap;
    }

    /**
     * Brings the bridge of a NIC whose guest is on back to what it was, and the tap back on it. A tap that is in somebody else's
     * bridge stays there, and one that is gone is of no use to the guest any more.
     */
    public void repair(Bridge nic) {
        Network network = lock(nic.network());
        try {
            String _ = bridges.ensure(segmentOf(nic));
            boolean _ = bridges.restoreTap(segmentOf(nic), nic.port());
        } finally {
            network.lock.unlock();
        }
    }

    /** Counts a NIC in that the services know already, without a change to them; for the start of the agent. */
    public void recall(Bridge nic, DesiredServer server) {
        Network network = lock(nic.network());
        try {
            network.clients.put(nic.port(), new Client(nic, server));
            network.served.remove(nic.port());
        } finally {
            network.lock.unlock();
        }
    }

    /** Takes what there is of the NIC, its bridge and its services under our names for made here: its books do not say. */
    public void adopt(Bridge nic) {
        Network network = lock(nic.network());
        try {
            bridges.adopt(segmentOf(nic), nic.port());
            services.adopt(nic.network());
        } finally {
            network.lock.unlock();
        }
    }

    /**
     * Has DHCP and metadata tell all who are on a network what is wanted of their NICs from now on: once, and not once for each of them. What is
     * built of a NIC stays, as it does when its server is described anew.
     *
     * @param wanted asked of each server while nobody can come or go there, so that what is told is never older than what was
     */
    public void tell(NetworkId id, Function<ServerId, Optional<DesiredServer>> wanted) {
        Network network = lock(id);
        try {
            if (network.clients.isEmpty()) {
                return;
            }
            Map<PortId, Client> clients = new LinkedHashMap<>();
            network.clients.forEach((port, client) -> clients.put(
                    port,
                    wanted.apply(client.server().id())
                            .map(server -> toldLike(server, client))
                            .orElse(client)));
            network.served.clear();
            services.serve(segmentOf(clients.values().iterator().next().nic()), List.copyOf(clients.values()));
            network.clients.putAll(clients);
            network.servesAll();
        } finally {
            network.lock.unlock();
        }
    }

    private static Client toldLike(DesiredServer wanted, Client client) {
        DesiredServer server = client.server();
        Bridge nic = wanted.nic(client.nic().port()).map(client.nic()::toldLike).orElse(client.nic());
        return new Client(
                nic,
                server.wired(server.interfaces().stream()
                        .map(other ->
                                wanted.nic(other.port()).map(other::toldLike).orElse(other))
                        .toList()));
    }

    /** Lets DHCP and metadata know the NIC, and returns when they answer it. */
    public void join(Bridge nic, DesiredServer server) {
        Network network = lock(nic.network());
        try {
            List<Client> others = network.clients.entrySet().stream()
                    .filter(client -> !client.getKey().equals(nic.port()))
                    .map(Map.Entry::getValue)
                    .toList();
            Client client = new Client(nic, server);
            Segment segment = segmentOf(nic);
            // The address is every host's: what keeps it off the wire goes first.
            String _ = bridges.ensure(segment);
            if (network.serves(client)) {
                return;
            }
            // What is told when this fails nobody knows: whoever joins next is served whatever was known before.
            network.served.clear();
            services.serve(
                    segment, Stream.concat(others.stream(), Stream.of(client)).toList());
            // Last, and only now: who cannot be served must not be in the way of those who can.
            boolean _ = network.clients.remove(nic.port()) != null;
            network.clients.put(nic.port(), client);
            network.servesAll();
        } finally {
            network.lock.unlock();
        }
    }

    /**
     * Lets DHCP and metadata forget the NIC; with the last one they end. That others cannot be served as they should be is told as
     * their network's trouble, and mended at the next comparison: it keeps nobody from leaving.
     */
    public void leave(Bridge nic) {
        Network network = lock(nic.network());
        try {
            network.clients.remove(nic.port());
            network.served.remove(nic.port());
            List<Client> others = List.copyOf(network.clients.values());
            try {
                services.serve(segmentOf(nic), others);
            } catch (KernelException | ProblemException e) {
                if (others.isEmpty()) {
                    throw e;
                }
                // What could not be served is the whole, and the NIC may be answered still.
                services.forget(segmentOf(nic), nic);
                network.hasFallen = true;
                LOG.warn(
                        "DHCP and metadata of network {} do not know all that they should since port {} has left, which they"
                                + " answer no more: {}",
                        nic.network(),
                        nic.port(),
                        e.getMessage());
            }
        } finally {
            network.lock.unlock();
        }
    }

    /**
     * Notes that DHCP of a network has ended by itself. {@link #restore} begins it anew.
     *
     * @return whether that should be tried now; false when the last time was not the first since the last comparison
     */
    public boolean fell(NetworkId id) {
        Network network = lock(id);
        try {
            network.hasFallen = true;
            network.falls++;
            return network.falls == 1;
        } finally {
            network.lock.unlock();
        }
    }

    /** Networks whose DHCP has ended by itself and was not begun anew yet; what falls from now on counts as the first time again. */
    public List<NetworkId> fallen() {
        List<NetworkId> fallen = new ArrayList<>();
        networks.forEach((id, network) -> {
            network.lock.lock();
            try {
                network.falls = 0;
                if (network.hasFallen) {
                    fallen.add(id);
                }
            } finally {
                network.lock.unlock();
            }
        });
        return fallen;
    }

    /** Begins DHCP of a network anew, where it has ended by itself; says whether it had, and had anybody to serve. */
    public boolean restore(NetworkId id) {
        Network network = lock(id);
        try {
            if (!network.hasFallen || network.clients.isEmpty()) {
                network.hasFallen = false;
                return false;
            }
            List<Client> clients = List.copyOf(network.clients.values());
            services.serve(segmentOf(clients.getLast().nic()), clients);
            network.servesAll();
            return true;
        } finally {
            network.lock.unlock();
        }
    }

    /**
     * Takes away what was made here and is nobody's any more: services and bridges of networks on which no server is, and taps of
     * ports that no server has. What is wanted is asked for each network while nobody can come or go there.
     *
     * @param wanted the ports of a network's servers, those on their way in or out too
     * @param isAllKnown asked, once, before the first thing is taken away: whether there is no server that the books do not have
     * @return what went, in words
     */
    public List<String> sweep(Function<NetworkId, Set<PortId>> wanted, BooleanSupplier isAllKnown) {
        List<String> gone = new ArrayList<>();
        boolean asked = false;
        Set<NetworkId> served = services.served().keySet();
        Map<NetworkId, Set<PortId>> made = bridges.made();
        Set<NetworkId> all = new LinkedHashSet<>(served);
        all.addAll(made.keySet());
        for (NetworkId id : all) {
            Network network = lock(id);
            try {
                Set<PortId> ports = wanted.apply(id);
                Set<PortId> orphans = new LinkedHashSet<>(made.getOrDefault(id, Set.of()));
                orphans.removeAll(ports);
                boolean isDeserted = ports.isEmpty() && network.clients.isEmpty();
                if (!asked && (isDeserted || !orphans.isEmpty())) {
                    asked = true;
                    if (!isAllKnown.getAsBoolean()) {
                        return List.of();
                    }
                }
                for (PortId port : orphans) {
                    bridges.removeTap(port);
                    gone.add("the tap of port " + port);
                }
                if (isDeserted) {
                    if (served.contains(id)) {
                        services.withdraw(id);
                        gone.add("DHCP and metadata of network " + id);
                    }
                    if (made.containsKey(id) && bridges.removeIfUnused(id)) {
                        gone.add("the bridge of network " + id);
                    }
                }
            } finally {
                network.lock.unlock();
            }
        }
        return gone;
    }

    /** What is served on this host now, by network. */
    public List<ServedNetwork> served() {
        return services.served().entrySet().stream()
                .map(network -> new ServedNetwork(network.getKey(), network.getValue()))
                .sorted(Comparator.comparing(network -> network.network().toString()))
                .toList();
    }

    private static void requireUplink(Bridge nic) {
        if (nic.uplink().equals(Bridge.NO_UPLINK)) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "UplinkNotFound",
                            "Port " + nic.port() + " is on " + nic.physicalNetwork()
                                    + ", to which this host has no uplink.",
                            Optional.of("Name one with sluice fleet uplink, and create the server again."))
                    .asException();
        }
    }

    private void requirePlugged(Bridge nic, String tap, String bridge) {
        Optional<String> actual = bridges.bridgeOf(nic.port());
        if (!actual.equals(Optional.of(bridge))) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "TapNotOnBridge",
                            "The tap " + tap + " of port " + nic.port() + " is on "
                                    + actual.map(name -> "bridge " + name).orElse("no bridge") + " instead of " + bridge
                                    + ".",
                            Optional.of("Make sure that no network daemon of the host takes over Sluice's taps."))
                    .asException();
        }
    }

    private Network lock(NetworkId id) {
        Network network = networks.computeIfAbsent(id, key -> new Network());
        network.lock.lock();
        return network;
    }
}
