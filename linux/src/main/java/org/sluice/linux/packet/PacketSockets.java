package org.sluice.linux.packet;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.kernel.SystemCalls;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;

/** What sender and receiver share: numbers of include/uapi/linux/if_packet.h, and how a packet socket is opened and bound. */
final class PacketSockets {
    static final int AF_PACKET = 17;
    static final int SOL_PACKET = 263;
    static final int PACKET_ADD_MEMBERSHIP = 1;
    static final int PACKET_RX_RING = 5;
    static final int PACKET_STATISTICS = 6;
    static final int PACKET_VERSION = 10;
    static final int PACKET_QDISC_BYPASS = 20;
    static final int PACKET_IGNORE_OUTGOING = 23;

    /** Every protocol, in network order. */
    static final int ETH_P_ALL = 0x0300;

    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SOCK_RAW = 3;

    /** Length of struct sockaddr_ll. */
    private static final int ADDRESS_LENGTH = 20;

    private static final int ADDRESS_PROTOCOL_OFFSET = 2;
    private static final int ADDRESS_INDEX_OFFSET = 4;

    private PacketSockets() {}

    /**
     * Finds the device.
     *
     * @throws LinuxException codes {@code link.missing} and {@code link.down}
     */
    static Link require(NetworkNamespace namespace, String device) {
        try (Links links = Links.in(namespace)) {
            Link link = links.require(device);
            if (!link.up()) {
                throw new LinuxException(
                        "link.down",
                        "The network device " + device + " is down.",
                        "Set it up first (ip link set " + device + " up).");
            }
            return link;
        }
    }

    /** Opens a socket that belongs to the namespace and sees nothing yet. */
    static FileDescriptor open(NetworkNamespace namespace, String device) {
        try {
            return namespace.call(() -> SystemCalls.socket(AF_PACKET, SOCK_RAW, 0, "packet socket on " + device));
        } catch (SystemCallException refusal) {
            if (refusal.errno() == Errno.EPERM) {
                throw new LinuxException(
                        "packet.permission",
                        "A packet socket on " + device + " needs the capability CAP_NET_RAW, which this process lacks.",
                        "Run as root, or give the program that capability.",
                        refusal);
            }
            throw refusal;
        }
    }

    /** bind(2) to the device: from now on frames of the protocol are received, 0 for none. */
    static void bind(FileDescriptor socket, int protocol, int deviceIndex) {
        try (Arena arena = Arena.ofConfined()) {
            // In bounds: struct sockaddr_ll begins with u16 family, u16 protocol, s32 index; 20 bytes are reserved.
            MemorySegment address = arena.allocate(ADDRESS_LENGTH, Integer.BYTES);
            address.set(JAVA_SHORT, 0, (short) AF_PACKET);
            address.set(JAVA_SHORT, ADDRESS_PROTOCOL_OFFSET, (short) protocol);
            address.set(JAVA_INT, ADDRESS_INDEX_OFFSET, deviceIndex);
            SystemCalls.bind(socket, address);
        }
    }

    /** Room for so many bytes, headers of the kernel included; without CAP_NET_ADMIN no more than net.core.wmem_max allows. */
    static void widenSendBuffer(FileDescriptor socket, int bytes) {
        try {
            set(socket, SOL_SOCKET, SO_SNDBUFFORCE, bytes, "widen the send buffer");
        } catch (SystemCallException refusal) {
            if (refusal.errno() != Errno.EPERM) {
                throw refusal;
            }
            set(socket, SOL_SOCKET, SO_SNDBUF, bytes, "widen the send buffer");
        }
    }

    /** setsockopt(2) with one int. */
    static void set(FileDescriptor socket, int level, int option, int value, String what) {
        try (Arena arena = Arena.ofConfined()) {
            SystemCalls.setSocketOption(socket, level, option, arena.allocateFrom(JAVA_INT, value), what);
        }
    }
}
