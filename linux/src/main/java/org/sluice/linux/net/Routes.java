package org.sluice.linux.net;

import static org.sluice.linux.net.RouteSession.ACKNOWLEDGED;

import java.net.Inet4Address;
import java.net.InetAddress;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.netlink.MessageWriter;
import org.sluice.linux.netlink.Netlink;
import org.sluice.linux.netlink.NetlinkException;

/** Routes of the main table (struct rtmsg). Thread-safe. */
public final class Routes {
    private static final int REPLACE = ACKNOWLEDGED | Netlink.NLM_F_CREATE | Netlink.NLM_F_REPLACE;

    private final RouteSession session;

    Routes(RouteSession session) {
        this.session = session;
    }

    /** {@code ip route replace DESTINATION via GATEWAY dev NAME}. */
    public void replace(IpPrefix destination, InetAddress gateway, String name) {
        session.execute(
                "route " + destination + " via " + gateway.getHostAddress() + " on " + name,
                via(Rtnetlink.RTM_NEWROUTE, REPLACE, destination, gateway, name, 0));
    }

    /** {@code ip route replace DESTINATION via GATEWAY dev NAME onlink}: for a gateway outside the device's own networks. */
    public void replaceOnLink(IpPrefix destination, InetAddress gateway, String name) {
        session.execute(
                "route " + destination + " via " + gateway.getHostAddress() + " on " + name + " (on link)",
                via(Rtnetlink.RTM_NEWROUTE, REPLACE, destination, gateway, name, Rtnetlink.RTNH_F_ONLINK));
    }

    /** {@code ip route replace DESTINATION dev NAME scope link}: neighbours on the device, without a gateway. */
    public void replaceDirect(IpPrefix destination, String name) {
        session.execute(
                "route " + destination + " on " + name, direct(Rtnetlink.RTM_NEWROUTE, REPLACE, destination, name));
    }

    /** {@code ip route replace default via GATEWAY dev NAME}. */
    public void replaceDefault(InetAddress gateway, String name) {
        replace(everything(gateway), gateway, name);
    }

    /** {@code ip route del DESTINATION dev NAME}; false when it was not there. */
    public boolean delete(IpPrefix destination, String name) {
        MessageWriter message = header(Rtnetlink.RTM_DELROUTE, ACKNOWLEDGED, destination, Rtnetlink.RT_SCOPE_NOWHERE, 0)
                .attributeU32(Rtnetlink.RTA_OIF, session.require(name).index());
        try {
            session.execute("remove the route " + destination + " on " + name, message);
            return true;
        } catch (NetlinkException refusal) {
            if (refusal.errno() == Errno.ESRCH) {
                return false;
            }
            throw refusal;
        }
    }

    private MessageWriter via(
            int type, int flags, IpPrefix destination, InetAddress gateway, String name, int hopFlags) {
        boolean sameFamily = gateway instanceof Inet4Address == destination.address() instanceof Inet4Address;
        if (!sameFamily) {
            throw new IllegalArgumentException("The gateway " + gateway.getHostAddress() + " and the destination "
                    + destination + " must both be IPv4 or both IPv6.");
        }
        return header(type, flags, destination, Rtnetlink.RT_SCOPE_UNIVERSE, hopFlags)
                .attribute(Rtnetlink.RTA_GATEWAY, gateway.getAddress())
                .attributeU32(Rtnetlink.RTA_OIF, session.require(name).index());
    }

    private MessageWriter direct(int type, int flags, IpPrefix destination, String name) {
        return header(type, flags, destination, Rtnetlink.RT_SCOPE_LINK, 0)
                .attributeU32(Rtnetlink.RTA_OIF, session.require(name).index());
    }

    private static MessageWriter header(int type, int flags, IpPrefix destination, int scope, int hopFlags) {
        boolean deletes = type == Rtnetlink.RTM_DELROUTE;
        MessageWriter message = new MessageWriter(type, flags)
                .u8(destination.family())
                .u8(destination.length())
                .u8(0)
                .u8(0)
                .u8(Rtnetlink.RT_TABLE_MAIN)
                .u8(deletes ? 0 : Rtnetlink.RTPROT_STATIC)
                .u8(scope)
                .u8(deletes ? 0 : Rtnetlink.RTN_UNICAST)
                .u32(hopFlags);
        return destination.length() == 0
                ? message
                : message.attribute(Rtnetlink.RTA_DST, destination.address().getAddress());
    }

    private static IpPrefix everything(InetAddress sameFamilyAs) {
        return IpPrefix.parse(sameFamilyAs instanceof Inet4Address ? "0.0.0.0/0" : "::/0");
    }
}
