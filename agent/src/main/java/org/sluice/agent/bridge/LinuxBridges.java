package org.sluice.agent.bridge;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.sluice.agent.host.Bridges;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.kernel.KernelCalls;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.LinkKind;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.model.PortId;

/**
 * Bridges by rtnetlink. Changes take turns, so that the last VM's departure from a network and the next one's arrival do not
 * meet half-way. Thread-safe.
 */
public final class LinuxBridges implements Bridges {
    /** IFNAMSIZ of linux/if.h, less the terminating zero. */
    private static final int LONGEST_NAME = 15;

    private static final Duration AGEING = Duration.ofMinutes(5);

    private final Links links;
    private final ReentrantLock turn = new ReentrantLock();

    /** Works on the devices of that namespace. */
    public LinuxBridges(Links links) {
        this.links = requireNonNull(links, "links is null");
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
            if (links.find(bridge).isEmpty()) {
                links.createBridge(bridge, false, AGEING);
            }
            keepHostOut(bridge);
            if (!isPortOf(uplink, bridge)) {
                links.setMaster(uplink, bridge);
            }
            links.setMtu(bridge, segment.mtu());
            links.setUp(uplink);
            links.setUp(bridge);
            verifyPort(uplink, bridge);
            return bridge;
        });
    }

    @Override
    public boolean removeIfUnused(Segment segment) {
        return inTurn(() -> {
            Optional<Link> bridge = links.find(segment.bridgeName());
            String uplink = uplinkName(segment);
            if (bridge.isPresent() && hasOtherPorts(bridge.get(), uplink)) {
                return false;
            }
            bridge.ifPresent(link -> links.delete(link.name()));
            if (segment.vlan() != 0 && links.find(uplink).isPresent()) {
                links.delete(uplink);
            }
            return true;
        });
    }

    @Override
    public String ensureTap(Segment segment, PortId port) {
        return inTurn(() -> {
            String tap = Segment.tapName(port);
            if (links.find(tap).isEmpty()) {
                links.taps().create(tap);
            }
            keepHostOut(tap);
            if (!isPortOf(tap, segment.bridgeName())) {
                links.setMaster(tap, segment.bridgeName());
            }
            links.setMtu(tap, segment.mtu());
            links.setUp(tap);
            verifyPort(tap, segment.bridgeName());
            return tap;
        });
    }

    @Override
    public void removeTap(PortId port) {
        boolean _ = inTurn(() -> links.delete(Segment.tapName(port)));
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
        String uplink = uplinkName(segment);
        if (segment.vlan() == 0) {
            return uplink;
        }
        Optional<Link> existing = links.find(uplink);
        if (existing.isEmpty()) {
            links.createVlan(uplink, nic.name(), segment.vlan(), VlanProtocol.DOT1Q);
        } else if (!isVlanDevice(existing.get(), nic, segment.vlan())) {
            throw KernelException.Refused.because(
                    "NameTaken",
                    "The device " + uplink + " exists and is not VLAN " + segment.vlan() + " of " + nic.name() + ".",
                    Optional.of("Rename or remove it, it stands where the network's uplink has to be."),
                    null);
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

    private static String uplinkName(Segment segment) {
        if (segment.vlan() == 0) {
            return segment.uplink();
        }
        String name = segment.uplink() + "." + segment.vlan();
        return name.length() <= LONGEST_NAME
                ? name
                : "sv%08x.%d".formatted(segment.uplink().hashCode(), segment.vlan());
    }

    private boolean hasOtherPorts(Link bridge, String uplink) {
        return links.list().stream()
                .anyMatch(link ->
                        link.masterIndex() == bridge.index() && !link.name().equals(uplink));
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
