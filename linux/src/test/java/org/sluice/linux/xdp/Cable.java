package org.sluice.linux.xdp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.SystemCalls;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Links;

/** A veth pair between two network namespaces, both ends up and silent: nothing sends but the test. */
final class Cable implements AutoCloseable {
    static final String LEFT = "left";
    static final String RIGHT = "right";

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
