package org.sluice.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sluice.agent.host.Bridges.Segment;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.SegmentServices.Client;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;
import org.sluice.model.protocol.DesiredInterface;
import org.sluice.model.protocol.FixedAddress;

/** The bridges, taps and segment services of a host. The host's lock guards it. */
final class SimulatedBridges {
    private final Map<NetworkId, Segment> bridges = new HashMap<>();
    private final Map<PortId, NetworkId> taps = new HashMap<>();
    private final Map<NetworkId, List<Client>> services = new HashMap<>();

    /** Taps that somebody has taken out of their bridge. */
    private final Set<PortId> loose = new HashSet<>();

    /** Networks whose uplink somebody has taken out of the bridge. */
    private final Set<NetworkId> withoutUplink = new HashSet<>();

    /** Networks whose DHCP has ended by itself. */
    private final Set<NetworkId> dead = new HashSet<>();

    String ensure(Segment segment, List<String> uplinks) {
        if (!uplinks.contains(segment.uplink())) {
            throw new KernelException.Unreadable(
                    "There is no netdev " + segment.uplink() + " on this simulated host.",
                    Optional.of("Map the physical network to one of " + uplinks + "."),
                    null);
        }
        bridges.put(segment.network(), segment);
        withoutUplink.remove(segment.network());
        return segment.bridgeName();
    }

    boolean removeIfUnused(NetworkId network) {
        if (taps.containsValue(network) || services.containsKey(network)) {
            return false;
        }
        bridges.remove(network);
        return true;
    }

    Map<NetworkId, Set<PortId>> made() {
        Map<NetworkId, Set<PortId>> made = new HashMap<>();
        bridges.keySet().forEach(network -> made.put(network, new HashSet<>()));
        taps.forEach((port, network) ->
                made.computeIfAbsent(network, _ -> new HashSet<>()).add(port));
        return made;
    }

    String ensureTap(Segment segment, PortId port) {
        requireBridge(segment.network());
        taps.put(port, segment.network());
        loose.remove(port);
        return Segment.tapName(port);
    }

    void removeTap(PortId port) {
        taps.remove(port);
    }

    boolean restoreTap(Segment segment, PortId port) {
        if (!taps.containsKey(port)) {
            return false;
        }
        String _ = ensureTap(segment, port);
        return true;
    }

    Optional<String> deviation(Segment segment) {
        return withoutUplink.contains(segment.network())
                ? Optional.of(
                        "The uplink " + segment.uplinkDevice() + " is not in the bridge " + segment.bridgeName() + ".")
                : Optional.empty();
    }

    void pullTap(PortId port) {
        loose.add(port);
    }

    void pullUplink(NetworkId network) {
        withoutUplink.add(network);
    }

    Optional<String> bridgeOf(PortId port) {
        return Optional.ofNullable(loose.contains(port) ? null : taps.get(port))
                .map(bridges::get)
                .map(Segment::bridgeName);
    }

    void serve(Segment segment, List<Client> clients) {
        if (clients.isEmpty()) {
            withdraw(segment.network());
            return;
        }
        requireBridge(segment.network());
        services.put(segment.network(), List.copyOf(clients));
        dead.remove(segment.network());
    }

    void forget(Segment segment, DesiredInterface.Bridge nic) {
        services.computeIfPresent(
                segment.network(),
                (_, clients) -> clients.stream()
                        .filter(client -> !client.nic().port().equals(nic.port()))
                        .toList());
    }

    void killDhcp(NetworkId network) {
        dead.add(network);
    }

    boolean answersDhcp(NetworkId network) {
        return services.containsKey(network) && !dead.contains(network);
    }

    Map<NetworkId, List<String>> served() {
        Map<NetworkId, List<String>> served = new HashMap<>();
        services.forEach((network, clients) -> served.put(
                network,
                clients.getLast().nic().services().stream()
                        .flatMap(service -> service.addresses().stream())
                        .map(FixedAddress::address)
                        .toList()));
        return served;
    }

    List<Client> clients(NetworkId network) {
        return services.getOrDefault(network, List.of());
    }

    void withdraw(NetworkId network) {
        services.remove(network);
        dead.remove(network);
    }

    boolean hasTap(String name) {
        return taps.keySet().stream().anyMatch(port -> Segment.tapName(port).equals(name));
    }

    List<PortId> taps() {
        return List.copyOf(taps.keySet());
    }

    List<NetworkId> networks() {
        return new ArrayList<>(bridges.keySet());
    }

    void reboot() {
        bridges.clear();
        taps.clear();
        loose.clear();
        withoutUplink.clear();
        services.clear();
        dead.clear();
    }

    private void requireBridge(NetworkId network) {
        if (!bridges.containsKey(network)) {
            throw new KernelException.Unreadable(
                    "There is no bridge of network " + network + ".", Optional.empty(), null);
        }
    }
}
