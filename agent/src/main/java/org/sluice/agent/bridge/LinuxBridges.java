package org.sluice.agent.bridge;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sluice.agent.host.Bridges;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.journal.Ownership;
import org.sluice.agent.journal.Ownership.Kind;
import org.sluice.agent.journal.Ownership.Owned;
import org.sluice.agent.kernel.KernelCalls;
import org.sluice.linux.net.IpPrefix;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.LinkKind;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.model.NetworkId;
import org.sluice.model.PortId;

/**
 * Bridges by rtnetlink. Each thing is written down before it is made, and only what is written down is ever removed. Changes take
 * turns, so that the last VM's departure from a network and the next one's arrival do not meet half-way. Thread-safe.
 */
public final class LinuxBridges implements Bridges {
    /** What the kernel calls a tap. */
    private static final LinkKind TAP = new LinkKind.Other("tun");

    private static final Duration AGEING = Duration.ofMinutes(5);

    private final Links links;
    private final Ownership ownership;
    private final ReentrantLock turn = new ReentrantLock();

    /**
     * Works on the devices of that namespace.
     *
     * @param ownership which of them were made here
     */
    public LinuxBridges(Links links, Ownership ownership) {
        this.links = requireNonNull(links, "links is null");
        this.ownership = requireNonNull(ownership, "ownership is null");
    }

    @Override
    public List<String> uplinks() {
        return KernelCalls.call(links::list).stream()
                .filter(link ->
                        link.kind() instanceof LinkKind.Hardware && !link.name().equals("lo"))
                .map(Link::name)
                .toList();
    }

    @Override
    public String ensure(Segment segment) {
        return inTurn(() -> {
            String uplink = ensureUplink(segment);
            String bridge = segment.bridgeName();
            String network = segment.network().toString();
            Optional<Link> there = links.find(bridge);
            if (there.isEmpty()) {
                ownership.take(Kind.BRIDGE, bridge, network);
                links.createBridge(bridge, false, AGEING);
            } else if (!(there.get().kind() instanceof LinkKind.Bridge)) {
                throw nameTaken(bridge, "a bridge", "network's bridge");
            }
            keepHostOut(bridge);
            if (!isPortOf(uplink, bridge)) {
                requireFree(uplink);
                ownership.take(Kind.BRIDGE_PORT, uplink, network);
                links.setMaster(uplink, bridge);
            }
            // Hosts answer DHCP and metadata under one address: what does must not be heard on the wire, nor hear it.
            links.setIsolated(uplink, true);
            links.setMtu(bridge, segment.mtu());
            links.setUp(uplink);
            links.setUp(bridge);
            verifyPort(uplink, bridge);
            return bridge;
        });
    }

    @Override
    public boolean removeIfUnused(NetworkId network) {
        return inTurn(() -> {
            Set<String> ports = ownership.of(Kind.BRIDGE_PORT, network.toString()).stream()
                    .map(port -> port.thing().name())
                    .collect(Collectors.toSet());
            for (Owned bridge : ownership.of(Kind.BRIDGE, network.toString())) {
                if (hasOtherPorts(bridge.thing().name(), ports)) {
                    return false;
                }
                links.delete(bridge.thing().name());
                ownership.forget(Kind.BRIDGE, bridge.thing().name());
            }
            String bridge = Segment.bridgeName(network);
            for (String port : ports) {
                if (isPortOf(port, bridge)) {
                    if (hasOtherPorts(bridge, ports)) {
                        return false;
                    }
                    links.clearMaster(port);
                }
                ownership.forget(Kind.BRIDGE_PORT, port);
            }
            for (Owned device : ownership.of(Kind.VLAN_DEVICE, network.toString())) {
                links.delete(device.thing().name());
                ownership.forget(Kind.VLAN_DEVICE, device.thing().name());
            }
            return true;
        });
    }

    @Override
    public String ensureTap(Segment segment, PortId port) {
        return inTurn(() -> {
            String tap = Segment.tapName(port);
            if (links.find(tap).isEmpty()) {
                ownership.take(Kind.TAP, tap, segment.network().toString(), port.toString());
                links.taps().create(tap);
            }
            keepHostOut(tap);
            if (!isPortOf(tap, segment.bridgeName())) {
                requireFree(tap);
                links.setMaster(tap, segment.bridgeName());
            }
            links.setMtu(tap, segment.mtu());
            links.setUp(tap);
            verifyPort(tap, segment.bridgeName());
            return tap;
        });
    }

    @Override
    public boolean restoreTap(Segment segment, PortId port) {
        if (KernelCalls.call(() -> links.find(Segment.tapName(port))).isEmpty()) {
            return false;
        }
        String _ = ensureTap(segment, port);
        return true;
    }

    @Override
    public Optional<String> deviation(Segment segment) {
        return KernelCalls.call(() -> {
            String bridge = segment.bridgeName();
            String uplink = segment.uplinkDevice();
            if (links.find(bridge).filter(Link::up).isEmpty()) {
                return Optional.of("The bridge " + bridge + " is gone or down.");
            }
            if (!isPortOf(uplink, bridge)) {
                return Optional.of("The uplink " + uplink + " is not in the bridge " + bridge + ".");
            }
            if (links.find(uplink).filter(Link::up).isEmpty()) {
                return Optional.of("The uplink " + uplink + " is down.");
            }
            return links.isIsolated(uplink)
                    ? Optional.empty()
                    : Optional.of("The uplink " + uplink + " is not isolated from DHCP and metadata of this host.");
        });
    }

    @Override
    public void removeTap(PortId port) {
        boolean _ = inTurn(() -> {
            String tap = Segment.tapName(port);
            if (!ownership.has(Kind.TAP, tap)) {
                return false;
            }
            links.delete(tap);
            ownership.forget(Kind.TAP, tap);
            return true;
        });
    }

    @Override
    public void adopt(Segment segment, PortId port) {
        boolean _ = inTurn(() -> {
            String network = segment.network().toString();
            String bridge = segment.bridgeName();
            String uplink = segment.uplinkDevice();
            String tap = Segment.tapName(port);
            if (links.find(tap).filter(link -> link.kind().equals(TAP)).isPresent()) {
                ownership.take(Kind.TAP, tap, network, port.toString());
            }
            if (links.find(bridge)
                    .map(Link::kind)
                    .filter(LinkKind.Bridge.class::isInstance)
                    .isPresent()) {
                ownership.take(Kind.BRIDGE, bridge, network);
            }
            if (isPortOf(uplink, bridge)) {
                ownership.take(Kind.BRIDGE_PORT, uplink, network);
                if (uplink.startsWith(Segment.MADE_UP)) {
                    // One of a natural name may be the operator's, whose books are older than ours.
                    ownership.take(Kind.VLAN_DEVICE, uplink, network);
                }
            }
            return true;
        });
    }

    @Override
    public Map<NetworkId, Set<PortId>> made() {
        Map<NetworkId, Set<PortId>> made = new HashMap<>();
        for (Kind kind : List.of(Kind.BRIDGE, Kind.BRIDGE_PORT, Kind.VLAN_DEVICE, Kind.TAP)) {
            for (Owned owned : ownership.all(kind)) {
                Set<PortId> taps = made.computeIfAbsent(NetworkId.parse(owned.network()), _ -> new HashSet<>());
                owned.port().map(PortId::parse).ifPresent(taps::add);
            }
        }
        return made;
    }

    @Override
    public Optional<String> bridgeOf(PortId port) {
        return KernelCalls.call(() -> links.find(Segment.tapName(port))
                .filter(tap -> tap.master().isPresent())
                .flatMap(tap -> links.find(tap.master().getAsInt()))
                .map(Link::name));
    }

    /** The device through which the bridge reaches the wire: a VLAN device, or the NIC itself for an untagged network. */
    private String ensureUplink(Segment segment) {
        Link nic = links.find(segment.uplink())
                .orElseThrow(() -> new KernelException.Unreadable(
                        "This host has no network device " + segment.uplink() + ".",
                        Optional.of("Map the physical network to a device that exists: sluice fleet uplink."),
                        null));
        if (nic.mtu() < segment.mtu()) {
            links.setMtu(nic.name(), segment.mtu());
        }
        links.setUp(nic.name());
        String uplink = segment.uplinkDevice();
        if (segment.vlan() == 0) {
            return uplink;
        }
        Optional<Link> existing = links.find(uplink);
        if (existing.isEmpty()) {
            ownership.take(Kind.VLAN_DEVICE, uplink, segment.network().toString());
            links.createVlan(uplink, nic.name(), segment.vlan(), VlanProtocol.DOT1Q);
        } else if (!isVlanDevice(existing.get(), nic, segment.vlan())) {
            throw nameTaken(uplink, "VLAN " + segment.vlan() + " of " + nic.name(), "network's uplink");
        }
        links.setMtu(uplink, segment.mtu());
        return uplink;
    }

    private static boolean isVlanDevice(Link device, Link parent, int vlan) {
        return device.kind() instanceof LinkKind.Vlan(int id, VlanProtocol protocol)
                && id == vlan
                && protocol == VlanProtocol.DOT1Q
                && device.parentIndex() == parent.index();
    }

    private static KernelException nameTaken(String device, String wanted, String place) {
        return KernelException.Refused.because(
                "NameTaken",
                "The device " + device + " exists and is not " + wanted + ".",
                Optional.of("Rename or remove it, it stands where the " + place + " has to be."),
                null);
    }

    /** The kernel would take a device from whatever it is in, and the host's own way to it with that. */
    private void requireFree(String device) {
        Optional<Link> master = links.find(device)
                .filter(link -> link.master().isPresent())
                .flatMap(link -> links.find(link.masterIndex()));
        if (master.isPresent()) {
            throw KernelException.Refused.because(
                    "DeviceInUse",
                    "The device " + device + " is in " + master.get().name() + ", which is not Sluice's.",
                    Optional.of("Take it out of there, or map the physical network to another device: sluice fleet"
                            + " uplink."),
                    null);
        }
        Optional<IpPrefix> address = Stream.concat(
                        links.addresses().list(device).stream()
                                .filter(prefix -> prefix.address() instanceof Inet4Address),
                        // What a router announced on the wire makes a device no way to the host yet.
                        links.addresses().permanent(device).stream()
                                .filter(prefix -> prefix.address() instanceof Inet6Address))
                .filter(prefix -> !prefix.address().isLinkLocalAddress())
                .findFirst();
        if (address.isPresent()) {
            throw KernelException.Refused.because(
                    "DeviceInUse",
                    "The device " + device + " has the host's address " + address.get()
                            + ", by which nobody would reach the host any more.",
                    Optional.of("Give the host its address on another device, or map the physical network to one:"
                            + " sluice fleet uplink."),
                    null);
        }
    }

    private boolean hasOtherPorts(String bridge, Set<String> uplinks) {
        Optional<Link> there = links.find(bridge);
        return there.isPresent()
                && links.list().stream()
                        .anyMatch(link -> link.masterIndex() == there.get().index() && !uplinks.contains(link.name()));
    }

    private boolean isPortOf(String device, String bridge) {
        return links.find(device)
                .flatMap(link -> links.find(bridge).filter(master -> link.masterIndex() == master.index()))
                .isPresent();
    }

    private void verifyPort(String device, String bridge) {
        boolean up = links.find(device).filter(Link::up).isPresent();
        if (!up || !isPortOf(device, bridge)) {
            throw new KernelException.Differs(
                    "BridgePortDiffers",
                    "The device " + device + " does not read back as an active port of " + bridge + ".",
                    Optional.of("Look for another program that manages this host's bridges."));
        }
    }

    /** The host must not have an address on a tenant's network: IPv6 would give it one by itself. */
    private static void keepHostOut(String device) {
        Path file = Path.of("/proc/sys/net/ipv6/conf", device, "disable_ipv6");
        if (!Files.exists(file)) {
            // A kernel without IPv6 gives the host no address either.
            return;
        }
        try {
            Files.writeString(file, "1");
        } catch (IOException cause) {
            throw KernelException.Refused.because(
                    "SettingRefused",
                    "IPv6 cannot be turned off on " + device + ".",
                    Optional.of("Run the agent as root."),
                    cause);
        }
    }

    private <T> T inTurn(Supplier<T> change) {
        turn.lock();
        try {
            return KernelCalls.call(change);
        } finally {
            turn.unlock();
        }
    }
}
