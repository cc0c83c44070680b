package org.sluice.linux.net;

import static org.sluice.linux.net.RouteSession.ACKNOWLEDGED;

import java.net.Inet4Address;
import java.net.InetAddress;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.netlink.MessageWriter;
import org.sluice.linux.netlink.Netlink;
import org.sluice.linux.netlink.NetlinkException;

/** Which MAC address belongs to which IP address on a device (struct ndmsg): ARP and neighbour discovery need not ask. Thread-safe. */
public final class Neighbours {
    private static final int REPLACE = ACKNOWLEDGED | Netlink.NLM_F_CREATE | Netlink.NLM_F_REPLACE;

    private final RouteSession session;

    Neighbours(RouteSession session) {
        this.session = session;
    }

    /** {@code ip neigh replace ADDRESS lladdr MAC dev NAME nud permanent}: never asked for, never forgotten. */
    public void replacePermanent(InetAddress address, MacAddress mac, String name) {
        session.execute(
                "tell " + name + " that " + address.getHostAddress() + " has the MAC address " + mac,
                permanent(address, mac, session.require(name).index()));
    }

    /** {@code ip neigh del ADDRESS dev NAME}; false when it was not there. */
    public boolean delete(InetAddress address, String name) {
        try {
            session.execute(
                    "forget whose MAC address " + address.getHostAddress() + " has on " + name,
                    deletion(address, session.require(name).index()));
            return true;
        } catch (NetlinkException refusal) {
            if (refusal.errno() == Errno.ENOENT) {
                return false;
            }
            throw refusal;
        }
    }

    static MessageWriter permanent(InetAddress address, MacAddress mac, int index) {
        return header(Rtnetlink.RTM_NEWNEIGH, REPLACE, address, index, Rtnetlink.NUD_PERMANENT)
                .attribute(Rtnetlink.NDA_LLADDR, mac.bytes());
    }

    static MessageWriter deletion(InetAddress address, int index) {
        return header(Rtnetlink.RTM_DELNEIGH, ACKNOWLEDGED, address, index, 0);
    }

    private static MessageWriter header(int type, int flags, InetAddress address, int index, int state) {
        return new MessageWriter(type, flags)
                .u8(address instanceof Inet4Address ? Rtnetlink.AF_INET : Rtnetlink.AF_INET6)
                .u8(0)
                .u16(0)
                .u32(index)
                .u16(state)
                .u8(0)
                .u8(0)
                .attribute(Rtnetlink.NDA_DST, address.getAddress());
    }
}
