package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;
import static org.sluice.linux.net.RouteSession.ACKNOWLEDGED;
import static org.sluice.linux.net.RouteSession.CREATE;
import static org.sluice.linux.net.RouteSession.DUMP;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.netlink.MessageWriter;
import org.sluice.linux.netlink.NetlinkEvents;
import org.sluice.linux.netlink.NetlinkException;

/**
 * The network devices of one network namespace: finds them, changes them, makes and deletes them, and sets the VFs of PFs.
 *
 * <p>Each verb is one or two messages to the kernel; when it returns, the kernel has done it. A refusal is a
 * {@link org.sluice.linux.netlink.NetlinkException}, a device that is not there a {@link LinuxException} with the code
 * {@code link.missing}, where the verb had to look it up first. Thread-safe: concurrent verbs take turns.
 */
public final class Links implements AutoCloseable {
    private static final int NO_FLAGS = 0;

    private final RouteSession session;

    private Links(RouteSession session) {
        this.session = session;
    }

    /** The devices of the calling thread's namespace. */
    public static Links open() {
        return new Links(RouteSession.open(NetworkNamespace.ofThisThread()));
    }

    /** The devices of a named namespace, as in {@code ip -n NAME link}. */
    public static Links in(String namespace) {
        return new Links(RouteSession.open(NetworkNamespace.open(namespace)));
    }

    /** The devices of an open namespace, which this keeps open for itself: the argument may be closed afterwards. */
    public static Links in(NetworkNamespace namespace) {
        return new Links(RouteSession.open(namespace.call(NetworkNamespace::ofThisThread)));
    }

    /** {@code ip link show}: all devices, without VFs. */
    public List<Link> list() {
        return list(LinkDetail.LINKS);
    }

    /** {@code ip -d link show}: all devices, in the order of their index. */
    public List<Link> list(LinkDetail detail) {
        MessageWriter message = LinkCodec.message(Rtnetlink.RTM_GETLINK, DUMP, Rtnetlink.AF_UNSPEC, 0, 0, 0)
                .attributeU32(Rtnetlink.IFLA_EXT_MASK, detail.extensions());
        return session.dump("list the devices", message).stream()
                .filter(answer -> answer.type() == Rtnetlink.RTM_NEWLINK)
                .map(LinkCodec::read)
                .toList();
    }

    /**
     * The device of that name: {@code ip link show dev NAME}.
     *
     * @throws LinuxException code {@code link.missing}
     */
    public Link require(String name) {
        return session.require(name);
    }

    /** {@code ip link show dev NAME}: the device with this name or alternative name, without VFs. */
    public Optional<Link> find(String name) {
        return find(name, LinkDetail.LINKS);
    }

    /** {@code ip -d link show dev NAME}: the device with this name or alternative name. */
    public Optional<Link> find(String name, LinkDetail detail) {
        return session.find(requireNonNull(name, "name is null"), detail.extensions())
                .map(LinkCodec::read);
    }

    /**
     * Waits until the device is there and as wanted, woken up by what the kernel announces about devices.
     *
     * @return the device as it was wanted; absent when it was not within that time
     */
    public Optional<Link> await(String name, Predicate<Link> wanted, Duration patience) throws InterruptedException {
        requireNonNull(wanted, "wanted is null");
        long end = System.nanoTime() + patience.toNanos();
        // Before the first look, so that nothing happens unseen between a look and the wait after it.
        try (NetlinkEvents changes = session.namespace().call(() -> NetlinkEvents.open(Rtnetlink.RTMGRP_LINK))) {
            Optional<Link> found = find(name).filter(wanted);
            while (found.isEmpty() && changes.await(Duration.ofNanos(end - System.nanoTime()))) {
                found = find(name).filter(wanted);
            }
            return found;
        }
    }

    /** The device with this index, without VFs. */
    public Optional<Link> find(int index) {
        return session.find(index, LinkDetail.LINKS.extensions()).map(LinkCodec::read);
    }

    /**
     * {@code ip link show dev PF}: what the driver reports about each VF.
     *
     * @throws LinuxException codes {@code link.missing} and {@code vf.list-too-long}
     */
    public List<VirtualFunctionInfo> virtualFunctions(String pf) {
        return find(pf, LinkDetail.VIRTUAL_FUNCTIONS)
                .orElseThrow(() -> RouteSession.missing(pf))
                .virtualFunctions();
    }

    /**
     * {@code ip -s link show dev PF}: the counters of the VFs by number; VFs whose driver counts nothing are absent.
     *
     * @throws LinuxException codes {@code link.missing} and {@code vf.list-too-long}
     */
    public Map<Integer, VfStatistics> vfStatistics(String pf) {
        try {
            return session.find(pf, Rtnetlink.RTEXT_FILTER_VF)
                    .map(LinkCodec::readVfStatistics)
                    .orElseThrow(() -> RouteSession.missing(pf));
        } catch (NetlinkException refusal) {
            if (refusal.errno() == Errno.EMSGSIZE) {
                // Kernels that do not let the length wrap refuse the whole answer.
                throw VfCodec.tooLong(
                        pf,
                        find(pf, LinkDetail.VIRTUAL_FUNCTIONS)
                                .map(Link::vfCount)
                                .orElse(0));
            }
            throw refusal;
        }
    }

    /**
     * {@code ip link set dev PF vf N mac M vlan V spoofchk on ...}: sets all the attributes with one message.
     *
     * <p>It is one message but no transaction: the kernel applies the attributes in the order of {@link VfAttribute.Kind} and stops at the
     * first that the driver refuses; those before it stay set. To learn which one it was, set them one by one.
     *
     * @param pf name of the PF's device
     * @param vf number of the VF, from 0
     */
    public void setVf(String pf, int vf, VfAttributes attributes) {
        if (vf < 0) {
            throw new IllegalArgumentException("The number of a VF is 0 or more; " + vf + " is not.");
        }
        if (attributes.isEmpty()) {
            return;
        }
        MessageWriter message = LinkMessages.change(pf, 0, 0);
        VfCodec.write(message, vf, attributes);
        session.executeOnVf("set VF " + vf + " of " + pf + ": " + attributes.describe(), message);
    }

    /** {@code ip link set dev PF vf N ...} with a single attribute. */
    public void setVf(String pf, int vf, VfAttribute attribute) {
        setVf(pf, vf, VfAttributes.of(attribute));
    }

    /** {@code ip link set dev NAME up}. */
    public void setUp(String name) {
        session.execute("set " + name + " up", LinkMessages.change(name, Rtnetlink.IFF_UP, Rtnetlink.IFF_UP));
    }

    /** {@code ip link set dev NAME down}. */
    public void setDown(String name) {
        session.execute("set " + name + " down", LinkMessages.change(name, NO_FLAGS, Rtnetlink.IFF_UP));
    }

    /** {@code ip link set dev NAME mtu BYTES}. */
    public void setMtu(String name, int bytes) {
        session.execute(
                "set the MTU of " + name + " to " + bytes,
                LinkMessages.change(name, 0, 0).attributeU32(Rtnetlink.IFLA_MTU, bytes));
    }

    /** {@code ip link set dev NAME address MAC}: the device's own address, not that of a VF. */
    public void setMac(String name, MacAddress mac) {
        session.execute(
                "set the MAC address of " + name + " to " + mac,
                LinkMessages.change(name, 0, 0).attribute(Rtnetlink.IFLA_ADDRESS, mac.bytes()));
    }

    /**
     * {@code ip link set dev NAME name NEW}. When NEW is an alternative name of the same device, which would block it, that is
     * dropped first. Kernels before 6.1 want the device down.
     */
    public void rename(String name, String newName) {
        Link link = session.require(name);
        if (link.name().equals(newName)) {
            return;
        }
        if (link.alternativeNames().contains(newName)) {
            dropAlternativeName(link.name(), newName);
        }
        session.execute(
                "rename " + name + " to " + newName,
                LinkMessages.changeByIndex(link.index()).attributeText(Rtnetlink.IFLA_IFNAME, newName));
    }

    /** {@code ip link property add dev NAME altname OTHER}. */
    public void addAlternativeName(String name, String alternativeName) {
        MessageWriter message = LinkCodec.message(
                Rtnetlink.RTM_NEWLINKPROP,
                CREATE,
                Rtnetlink.AF_UNSPEC,
                session.require(name).index(),
                0,
                0);
        session.execute(
                "give " + name + " the alternative name " + alternativeName,
                LinkMessages.alternative(message, alternativeName));
    }

    /** {@code ip link property del dev NAME altname OTHER}. */
    public void dropAlternativeName(String name, String alternativeName) {
        MessageWriter message = LinkCodec.message(
                Rtnetlink.RTM_DELLINKPROP,
                ACKNOWLEDGED,
                Rtnetlink.AF_UNSPEC,
                session.require(name).index(),
                0,
                0);
        session.execute(
                "take the alternative name " + alternativeName + " from " + name,
                LinkMessages.alternative(message, alternativeName));
    }

    /** {@code ip link set dev NAME netns NAMESPACE}. The device arrives there down, with its name and without addresses. */
    public void moveTo(String name, NetworkNamespace namespace) {
        session.execute(
                "move " + name + " to another network namespace",
                LinkMessages.change(name, 0, 0)
                        .attributeU32(Rtnetlink.IFLA_NET_NS_FD, namespace.file().number()));
    }

    /** {@code ip link set dev NAME netns PID}: to the namespace of that process. */
    public void moveToProcess(String name, long processId) {
        session.execute(
                "move " + name + " to the network namespace of process " + processId,
                LinkMessages.change(name, 0, 0).attributeU32(Rtnetlink.IFLA_NET_NS_PID, Math.toIntExact(processId)));
    }

    /** {@code ip link set dev NAME master MASTER}. */
    public void setMaster(String name, String master) {
        session.execute(
                "put " + name + " into " + master,
                LinkMessages.change(name, 0, 0)
                        .attributeU32(
                                Rtnetlink.IFLA_MASTER, session.require(master).index()));
    }

    /** {@code ip link set dev NAME nomaster}. */
    public void clearMaster(String name) {
        session.execute(
                "take " + name + " out of its master",
                LinkMessages.change(name, 0, 0).attributeU32(Rtnetlink.IFLA_MASTER, 0));
    }

    /**
     * {@code bridge link set dev PORT isolated on|off}: between two isolated ports of a bridge nothing passes; between one and
     * any other port everything does.
     */
    public void setIsolated(String port, boolean isolated) {
        session.execute(
                (isolated ? "isolate " : "end the isolation of ") + "the bridge port " + port,
                LinkMessages.isolate(session.require(port).index(), isolated));
    }

    /**
     * {@code bridge -d link show dev PORT}: whether the bridge port is isolated; false for a device that is in no bridge.
     *
     * @throws LinuxException code {@code link.missing}
     */
    public boolean isIsolated(String port) {
        return session.find(port, LinkDetail.LINKS.extensions())
                .map(LinkCodec::readIsolation)
                .orElseThrow(() -> RouteSession.missing(port));
    }

    /**
     * {@code ip link delete dev NAME}; false when it was not there.
     *
     * @throws NetlinkException EOPNOTSUPP for a device of hardware
     */
    public boolean delete(String name) {
        MessageWriter message = LinkCodec.message(Rtnetlink.RTM_DELLINK, ACKNOWLEDGED, Rtnetlink.AF_UNSPEC, 0, 0, 0);
        try {
            session.execute("delete " + name, LinkCodec.select(message, name));
            return true;
        } catch (NetlinkException refusal) {
            if (refusal.errno() == Errno.ENODEV) {
                return false;
            }
            throw refusal;
        }
    }

    /**
     * {@code ip link add NAME type bridge stp_state 0 vlan_filtering 0|1 ageing_time TIME}. The bridge is down.
     *
     * @param vlanFiltering whether ports are told apart by VLAN; needs a kernel with CONFIG_BRIDGE_VLAN_FILTERING
     * @param ageing how long a learned address is kept, in steps of 10 ms; the kernel's own default is 300 s
     */
    public void createBridge(String name, boolean vlanFiltering, Duration ageing) {
        session.execute(
                "create the bridge " + name + (vlanFiltering ? " with VLAN filtering" : ""),
                LinkMessages.createBridge(name, vlanFiltering, ageing));
    }

    /** {@code ip link add link PARENT name NAME type vlan protocol PROTOCOL id ID}. The device is down. */
    public void createVlan(String name, String parent, int id, VlanProtocol protocol) {
        session.execute(
                "create the VLAN device " + name + " on " + parent + " with " + protocol + " id " + id,
                LinkMessages.createVlan(name, session.require(parent).index(), id, protocol));
    }

    /** {@code ip link add NAME type veth peer name PEER}. Both ends are down. */
    public void createVeth(String name, String peer) {
        session.execute(
                "create the veth pair " + name + " and " + peer,
                LinkMessages.createVeth(name, peer, OptionalInt.empty()));
    }

    /** {@code ip link add NAME type veth peer name PEER netns NAMESPACE}: the other end is born in that namespace. */
    public void createVeth(String name, String peer, NetworkNamespace peerNamespace) {
        session.execute(
                "create the veth pair " + name + " and " + peer + " in another network namespace",
                LinkMessages.createVeth(
                        name, peer, OptionalInt.of(peerNamespace.file().number())));
    }

    /** {@code ip link add NAME type dummy}. */
    public void createDummy(String name) {
        session.execute("create the dummy device " + name, LinkMessages.createDummy(name));
    }

    /** Tap devices in this namespace. */
    public Taps taps() {
        return new Taps(session);
    }

    /** Which VLANs pass which port of this namespace's bridges. */
    public BridgeVlans bridgeVlans() {
        return new BridgeVlans(session);
    }

    /** IP addresses in this namespace. */
    public Addresses addresses() {
        return new Addresses(session);
    }

    /** Routes in this namespace. */
    public Routes routes() {
        return new Routes(session);
    }

    /** Root queue disciplines of this namespace's devices. */
    public Qdiscs qdiscs() {
        return new Qdiscs(session);
    }

    /**
     * {@code ip link show dev NAME}: where an XDP program runs for the device.
     *
     * @throws LinuxException code {@code link.missing}
     */
    public XdpMode xdpMode(String name) {
        return session.find(name, LinkDetail.LINKS.extensions())
                .map(LinkCodec::readXdpMode)
                .orElseThrow(() -> RouteSession.missing(name));
    }

    /** What this namespace knows about its neighbours. */
    public Neighbours neighbours() {
        return new Neighbours(session);
    }

    /** Closes the socket; also what {@link #taps}, {@link #addresses} and so on handed out works no more. */
    @Override
    public void close() {
        session.close();
    }
}
