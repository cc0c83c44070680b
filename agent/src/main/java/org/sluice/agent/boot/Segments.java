package org.sluice.agent.boot;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.sluice.agent.host.Bridges;
import org.sluice.agent.host.Bridges.Segment;
import org.sluice.agent.host.SegmentServices;
import org.sluice.agent.host.SegmentServices.Client;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.Problem;
import org.sluice.model.protocol.DesiredInterface.Bridge;
import org.sluice.model.protocol.DesiredServer;

/**
 * What the servers of this host share on a network: its bridge, and its DHCP and metadata. One network changes at a time,
 * so that the last server to leave takes the bridge away and none that is just arriving loses it. Knows the clients of a
 * network in memory; after a restart the agent lets every running server join again. Thread-safe.
 */
public final class Segments {
    private final Bridges bridges;
    private final SegmentServices services;
    private final Map<NetworkId, Network> networks = new ConcurrentHashMap<>();

    private static final class Network {
        private final ReentrantLock lock = new ReentrantLock();
        private final Map<PortId, Client> clients = new LinkedHashMap<>();
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
            bridges.removeIfUnused(segmentOf(nic));
        } finally {
            network.lock.unlock();
        }
    }

    /** Checks that the NIC's tap is on the bridge of its network; returns the tap's name. */
    public String plugged(Bridge nic) {
        String tap = Segment.tapName(nic.port());
        requirePlugged(nic, tap, segmentOf(nic).bridgeName());
        return tap;
    }

    /** Counts a NIC in that the services know already, without a change to them; for the start of the agent. */
    public void recall(Bridge nic, DesiredServer server) {
        Network network = lock(nic.network());
        try {
            network.clients.put(nic.port(), new Client(nic, server));
        } finally {
            network.lock.unlock();
        }
    }

    /** Lets DHCP and metadata know the NIC, and returns when they answer it. */
    public void join(Bridge nic, DesiredServer server) {
        Network network = lock(nic.network());
        try {
            network.clients.put(nic.port(), new Client(nic, server));
            services.serve(segmentOf(nic), List.copyOf(network.clients.values()));
        } finally {
            network.lock.unlock();
        }
    }

    /** Lets DHCP and metadata forget the NIC; with the last one they end. */
    public void leave(Bridge nic) {
        Network network = lock(nic.network());
        try {
            network.clients.remove(nic.port());
            services.serve(segmentOf(nic), List.copyOf(network.clients.values()));
        } finally {
            network.lock.unlock();
        }
    }

    /**
     * Ends the services of every network on which no server has joined, except those in use: what a killed agent left
     * behind. Returns the networks it ended.
     */
    public List<NetworkId> withdrawOrphans(Set<NetworkId> inUse) {
        List<NetworkId> ended = new ArrayList<>();
        for (NetworkId served : services.served()) {
            Network network = lock(served);
            try {
                if (network.clients.isEmpty() && !inUse.contains(served)) {
                    services.withdraw(served);
                    ended.add(served);
                }
            } finally {
                network.lock.unlock();
            }
        }
        return ended;
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
