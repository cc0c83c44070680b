package org.sluice.linux.net;

import static org.sluice.linux.net.RouteSession.ACKNOWLEDGED;
import static org.sluice.linux.net.RouteSession.CREATE;
import static org.sluice.linux.net.RouteSession.DUMP;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.netlink.Attribute;
import org.sluice.linux.netlink.MalformedMessageException;
import org.sluice.linux.netlink.MessageWriter;
import org.sluice.linux.netlink.NetlinkException;
import org.sluice.linux.netlink.NetlinkMessage;

/** IP addresses of devices (struct ifaddrmsg). Thread-safe. */
public final class Addresses {
    private static final int PREFIX_LENGTH_OFFSET = 1;
    private static final int FLAGS_OFFSET = 2;
    private static final int INDEX_OFFSET = 4;

    private final RouteSession session;

    Addresses(RouteSession session) {
        this.session = session;
    }

    /**
     * {@code ip address add PREFIX dev NAME}; an address that is there already is no error.
     *
     * <p>An IPv6 address can be used once duplicate address detection is through, about a second on a device that is up.
     */
    public void add(String name, IpPrefix prefix) {
        try {
            session.execute(
                    "give " + name + " the address " + prefix, message(Rtnetlink.RTM_NEWADDR, CREATE, name, prefix));
        } catch (NetlinkException refusal) {
            if (refusal.errno() != Errno.EEXIST) {
                throw refusal;
            }
        }
    }

    /** {@code ip address del PREFIX dev NAME}; false when it was not there. */
    public boolean delete(String name, IpPrefix prefix) {
        try {
            session.execute(
                    "take the address " + prefix + " from " + name,
                    message(Rtnetlink.RTM_DELADDR, ACKNOWLEDGED, name, prefix));
            return true;
        } catch (NetlinkException refusal) {
            if (refusal.errno() == Errno.EADDRNOTAVAIL) {
                return false;
            }
            throw refusal;
        }
    }

    /** {@code ip address show dev NAME}: IPv4 and IPv6, link-local ones too. */
    public List<IpPrefix> list(String name) {
        return list(name, 0);
    }

    /** {@code ip address show dev NAME permanent}: those of no limited life, as what DHCP or a router announced has. */
    public List<IpPrefix> permanent(String name) {
        return list(name, Rtnetlink.IFA_F_PERMANENT);
    }

    private List<IpPrefix> list(String name, int flags) {
        int index = session.require(name).index();
        MessageWriter request = new MessageWriter(Rtnetlink.RTM_GETADDR, DUMP)
                .u8(Rtnetlink.AF_UNSPEC)
                .u8(0)
                .u8(0)
                .u8(0)
                .u32(0);
        List<IpPrefix> addresses = new ArrayList<>();
        for (NetlinkMessage message : session.dump("list the addresses", request)) {
            if (message.type() == Rtnetlink.RTM_NEWADDR
                    && message.need(Rtnetlink.ADDRESS_HEADER_LENGTH).payload().getInt(INDEX_OFFSET) == index
                    && (message.payload().get(FLAGS_OFFSET) & flags) == flags) {
                addresses.add(read(message));
            }
        }
        return List.copyOf(addresses);
    }

    private static IpPrefix read(NetlinkMessage message) {
        // On point-to-point devices IFA_ADDRESS is the other end; IFA_LOCAL, where there is one, is always ours.
        byte[] bytes = message.attributesAfter(Rtnetlink.ADDRESS_HEADER_LENGTH)
                .find(Rtnetlink.IFA_LOCAL)
                .or(() ->
                        message.attributesAfter(Rtnetlink.ADDRESS_HEADER_LENGTH).find(Rtnetlink.IFA_ADDRESS))
                .map(Attribute::bytes)
                .orElseThrow(() -> new MalformedMessageException("The kernel listed an address without an address."));
        try {
            return new IpPrefix(
                    InetAddress.getByAddress(bytes), message.payload().get(PREFIX_LENGTH_OFFSET) & 0xFF);
        } catch (UnknownHostException wrongLength) {
            throw new MalformedMessageException("The kernel listed an IP address of " + bytes.length + " bytes.");
        }
    }

    private MessageWriter message(int type, int flags, String name, IpPrefix prefix) {
        byte[] address = prefix.address().getAddress();
        return new MessageWriter(type, flags)
                .u8(prefix.family())
                .u8(prefix.length())
                .u8(0)
                .u8(Rtnetlink.RT_SCOPE_UNIVERSE)
                .u32(session.require(name).index())
                .attribute(Rtnetlink.IFA_LOCAL, address)
                .attribute(Rtnetlink.IFA_ADDRESS, address);
    }
}
