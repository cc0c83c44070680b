package org.sluice.linux.net;

import java.util.List;
import java.util.Optional;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.netlink.MessageWriter;
import org.sluice.linux.netlink.Netlink;
import org.sluice.linux.netlink.NetlinkException;
import org.sluice.linux.netlink.NetlinkMessage;
import org.sluice.linux.netlink.NetlinkRequest;
import org.sluice.linux.netlink.NetlinkSocket;

/** A socket in one namespace, and how to find a device there. Shared by {@link Links} and what it hands out. Thread-safe. */
final class RouteSession implements AutoCloseable {
    static final int ACKNOWLEDGED = Netlink.NLM_F_REQUEST | Netlink.NLM_F_ACK;
    static final int CREATE = ACKNOWLEDGED | Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL;
    static final int DUMP = Netlink.NLM_F_REQUEST | Netlink.NLM_F_DUMP;

    private final NetworkNamespace namespace;
    private final NetlinkSocket socket;

    private RouteSession(NetworkNamespace namespace, NetlinkSocket socket) {
        this.namespace = namespace;
        this.socket = socket;
    }

    /** @param namespace is closed together with this */
    static RouteSession open(NetworkNamespace namespace) {
        try {
            return new RouteSession(namespace, namespace.call(NetlinkSocket::open));
        } catch (RuntimeException | Error failure) {
            namespace.close();
            throw failure;
        }
    }

    NetworkNamespace namespace() {
        return namespace;
    }

    void execute(String what, MessageWriter message) {
        socket.execute(new NetlinkRequest(what, message, Advice.link()));
    }

    void executeOnVf(String what, MessageWriter message) {
        socket.execute(new NetlinkRequest(what, message, Advice.virtualFunction()));
    }

    List<NetlinkMessage> dump(String what, MessageWriter message) {
        return socket.dump(new NetlinkRequest(what, message, Advice.link()));
    }

    /** The RTM_NEWLINK message about the device, or nothing when there is none of the name. */
    Optional<NetlinkMessage> find(String name, int extensions) {
        MessageWriter message = LinkCodec.message(Rtnetlink.RTM_GETLINK, ACKNOWLEDGED, Rtnetlink.AF_UNSPEC, 0, 0, 0)
                .attributeU32(Rtnetlink.IFLA_EXT_MASK, extensions);
        return find("read the device " + name, LinkCodec.select(message, name));
    }

    /** The RTM_NEWLINK message about the device, or nothing when there is none with the index. */
    Optional<NetlinkMessage> find(int index, int extensions) {
        return find(
                "read the device with index " + index,
                LinkCodec.message(Rtnetlink.RTM_GETLINK, ACKNOWLEDGED, Rtnetlink.AF_UNSPEC, index, 0, 0)
                        .attributeU32(Rtnetlink.IFLA_EXT_MASK, extensions));
    }

    Link require(String name) {
        return find(name, Rtnetlink.RTEXT_FILTER_SKIP_STATS)
                .map(LinkCodec::read)
                .orElseThrow(() -> missing(name));
    }

    static LinuxException missing(String name) {
        return new LinuxException(
                "link.missing",
                "There is no network device " + name + " in this network namespace.",
                "Check the device's name (ip link show); udev may have renamed it, or it may be in another namespace.");
    }

    private Optional<NetlinkMessage> find(String what, MessageWriter message) {
        try {
            return socket.query(new NetlinkRequest(what, message, Advice.link())).stream()
                    .filter(answer -> answer.type() == Rtnetlink.RTM_NEWLINK)
                    .findFirst();
        } catch (NetlinkException refusal) {
            if (refusal.errno() == Errno.ENODEV) {
                return Optional.empty();
            }
            throw refusal;
        }
    }

    @Override
    public void close() {
        socket.close();
        namespace.close();
    }
}
