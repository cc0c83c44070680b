package org.sluice.linux.xdp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCalls;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;

/** A veth pair between two network namespaces, both ends up and silent: nothing sends but the test. */
final class Cable implements AutoCloseable {
    static final String LEFT = "left";
    static final String RIGHT = "right";

    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final long SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_SCHANNELS = 0x3D;

    private final NetworkNamespace here;
    private final NetworkNamespace there;

    private Cable(NetworkNamespace here, NetworkNamespace there) {
        this.here = here;
        this.there = there;
    }

    /** Skips the test on machines that cannot do this. */
    static Cable lay() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        assumeTrue(hasAfXdp(), "This kernel has no AF_XDP sockets.");
        Cable cable = new Cable(NetworkNamespace.createNameless(), NetworkNamespace.createNameless());
        silence(cable.here);
        silence(cable.there);
        try (Links left = Links.in(cable.here);
                Links right = Links.in(cable.there)) {
            left.createVeth(LEFT, RIGHT, cable.there);
            left.setUp(LEFT);
            right.setUp(RIGHT);
        }
        return cable;
    }

    /** The namespace of the left end. */
    NetworkNamespace here() {
        return here;
    }

    /** The namespace of the right end. */
    NetworkNamespace there() {
        return there;
    }

    /**
     * {@code ethtool -L DEVICE rx RECEIVE tx TRANSMIT}. Veth devices have as many at most as the machine has processors.
     *
     * <p>By ioctl(2) SIOCETHTOOL with struct ethtool_channels (include/uapi/linux/ethtool.h).
     */
    static void setQueues(NetworkNamespace namespace, String device, int receive, int transmit) {
        namespace.call(() -> {
            try (FileDescriptor socket = SystemCalls.socket(AF_INET, SOCK_DGRAM, 0, "socket for ioctl");
                    Arena arena = Arena.ofConfined()) {
                MemorySegment channels = arena.allocateFrom(
                        ValueLayout.JAVA_INT, ETHTOOL_SCHANNELS, 0, 0, 0, 0, receive, transmit, 0, 0);
                // In bounds: struct ifreq has 40 bytes, a name of 16 in front and then a pointer.
                MemorySegment request = arena.allocate(40, Long.BYTES);
                request.setString(0, device);
                request.set(ValueLayout.JAVA_LONG, 16, channels.address());
                SystemCalls.ioctl(socket, SIOCETHTOOL, request, "set the number of queues of " + device);
            }
            return device;
        });
    }

    @Override
    public void close() {
        // Not left to the end of the namespaces: sockets in them would keep the devices.
        try (Links links = Links.in(here)) {
            links.delete(LEFT);
        }
        here.close();
        there.close();
    }

    private static boolean hasAfXdp() {
        try {
            SystemCalls.socket(IfXdp.AF_XDP, IfXdp.SOCK_RAW, 0, "AF_XDP socket").close();
            return true;
        } catch (LinuxException lacking) {
            return false;
        }
    }

    /** Without IPv6 a device that is set up sends nothing by itself. */
    private static void silence(NetworkNamespace namespace) {
        Path path = Path.of("/proc/sys/net/ipv6/conf/default/disable_ipv6");
        namespace.call(() -> {
            try {
                if (Files.exists(path)) {
                    Path _ = Files.writeString(path, "1");
                }
                return path;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }
}
