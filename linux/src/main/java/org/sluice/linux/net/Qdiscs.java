package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;
import static org.sluice.linux.net.RouteSession.ACKNOWLEDGED;
import static org.sluice.linux.net.RouteSession.DUMP;

import java.util.Optional;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.netlink.Attribute;
import org.sluice.linux.netlink.MessageWriter;
import org.sluice.linux.netlink.Netlink;
import org.sluice.linux.netlink.NetlinkException;
import org.sluice.linux.netlink.NetlinkMessage;

/** Root queue disciplines of devices (struct tcmsg). Thread-safe. */
public final class Qdiscs {
    private static final int REPLACE = ACKNOWLEDGED | Netlink.NLM_F_CREATE | Netlink.NLM_F_REPLACE;
    private static final int INDEX_OFFSET = 4;
    private static final int HANDLE_OFFSET = 8;
    private static final int PARENT_OFFSET = 12;

    private final RouteSession session;

    Qdiscs(RouteSession session) {
        this.session = session;
    }

    /**
     * {@code tc qdisc show dev NAME root}; empty for a device that was never up, which has none yet.
     *
     * @throws org.sluice.linux.LinuxException code {@code link.missing}
     */
    public Optional<Qdisc> root(String name) {
        int index = session.require(name).index();
        for (NetlinkMessage message :
                session.dump("list the queue disciplines", message(Rtnetlink.RTM_GETQDISC, DUMP, 0, 0))) {
            if (message.type() == Rtnetlink.RTM_NEWQDISC
                    && message.need(Rtnetlink.QDISC_HEADER_LENGTH).payload().getInt(INDEX_OFFSET) == index
                    && message.payload().getInt(PARENT_OFFSET) == Rtnetlink.TC_H_ROOT) {
                return Optional.of(read(message));
            }
        }
        return Optional.empty();
    }

    /**
     * {@code tc qdisc replace dev NAME root KIND}: a queue discipline without options, such as {@code noqueue}, {@code pfifo},
     * {@code pfifo_fast} or {@code mq}. What was at the root, with its options and classes, is gone.
     *
     * <p>{@code noqueue} on a device of hardware drops what does not fit into its ring; {@code mq} wants a device with several
     * queues.
     */
    public void replaceRoot(String name, String kind) {
        requireNonNull(kind, "kind is null");
        session.execute(
                "put the queue discipline " + kind + " at the root of " + name,
                replaceRoot(session.require(name).index(), kind));
    }

    /** {@code tc qdisc del dev NAME root}: back to what the kernel chooses by itself; false when that is there already. */
    public boolean deleteRoot(String name) {
        try {
            session.execute(
                    "take the queue discipline from the root of " + name,
                    deleteRoot(session.require(name).index()));
            return true;
        } catch (NetlinkException refusal) {
            if (refusal.errno() == Errno.ENOENT) {
                return false;
            }
            throw refusal;
        }
    }

    static MessageWriter replaceRoot(int index, String kind) {
        return message(Rtnetlink.RTM_NEWQDISC, REPLACE, index, Rtnetlink.TC_H_ROOT)
                .attributeText(Rtnetlink.TCA_KIND, kind);
    }

    static MessageWriter deleteRoot(int index) {
        return message(Rtnetlink.RTM_DELQDISC, ACKNOWLEDGED, index, Rtnetlink.TC_H_ROOT);
    }

    static Qdisc read(NetlinkMessage message) {
        String kind = message.attributesAfter(Rtnetlink.QDISC_HEADER_LENGTH)
                .find(Rtnetlink.TCA_KIND)
                .map(Attribute::text)
                .orElse("");
        return new Qdisc(kind, message.payload().getInt(HANDLE_OFFSET));
    }

    private static MessageWriter message(int type, int flags, int index, int parent) {
        return new MessageWriter(type, flags)
                .u8(Rtnetlink.AF_UNSPEC)
                .u8(0)
                .u16(0)
                .u32(index)
                .u32(0)
                .u32(parent)
                .u32(0);
    }
}
