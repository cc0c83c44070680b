package org.sluice.traffic.scenario;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.AttributeFiles;
import org.sluice.linux.net.Links;

/** How an end of the path is joined to the router. Every device that it makes is up afterwards. */
enum Joint {
    /** A veth pair from the one to the other. */
    DIRECT {
        @Override
        List<String> furtherRoles() {
            return List.of();
        }

        @Override
        void join(MadeNamespaces made, String end, String device, String router, String routerDevice) {
            made.links(end).createVeth(device, routerDevice, made.in(router));
            made.links(end).setUp(device);
            made.links(router).setUp(routerDevice);
        }

        @Override
        List<String> ports(String end) {
            return List.of();
        }
    },

    /** A bridge in a namespace of its own, with a veth pair to each of the two. */
    BRIDGED {
        @Override
        List<String> furtherRoles() {
            return List.of(HOST);
        }

        @Override
        void join(MadeNamespaces made, String end, String device, String router, String routerDevice) {
            Links host = made.links(HOST);
            String bridge = "br-" + end;
            host.createBridge(bridge, false, AGEING);
            host.setUp(bridge);
            List<String> ports = ports(end);
            host.createVeth(ports.get(0), device, made.in(end));
            host.createVeth(ports.get(1), routerDevice, made.in(router));
            for (String port : ports) {
                host.setMaster(port, bridge);
                host.setUp(port);
            }
            made.links(end).setUp(device);
            made.links(router).setUp(routerDevice);
            ports.forEach(port -> awaitForwarding(made, port));
        }

        @Override
        List<String> ports(String end) {
            return List.of(end + "-outside", end + "-inside");
        }
    };

    static final String HOST = "host";

    /** Longer than any run: the router says where it is only once. */
    private static final Duration AGEING = Duration.ofDays(7);

    /** BR_STATE_FORWARDING (include/uapi/linux/if_bridge.h). */
    private static final String FORWARDING = "3";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    /** Roles of namespaces that it needs besides the ends' and the router's. */
    abstract List<String> furtherRoles();

    /**
     * Makes the join.
     *
     * @param end role of the end's namespace
     * @param device the name of the interface that it makes there
     * @param router role of the router's namespace
     * @param routerDevice the name of the interface that it makes there
     */
    abstract void join(MadeNamespaces made, String end, String device, String router, String routerDevice);

    /** The bridge's ports, on the end's side first; none without a bridge. All are in the namespace of {@link #HOST}. */
    abstract List<String> ports(String end);

    /** A bridge begins to use a port when the kernel's link watch has heard of its carrier, which may take a second. */
    private static void awaitForwarding(MadeNamespaces made, String port) {
        Path state = Path.of("/sys/class/net", port, "brport", "state");
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean forwarding = made.in(HOST).callWithSysfs(() -> {
            boolean seen = AttributeFiles.text(state).equals(Optional.of(FORWARDING));
            while (!seen && System.nanoTime() < end) {
                LockSupport.parkNanos(LOOK_AGAIN.toNanos());
                seen = AttributeFiles.text(state).equals(Optional.of(FORWARDING));
            }
            return seen;
        });
        if (!forwarding) {
            throw new LinuxException(
                    "scenario.bridge",
                    "The bridge has not begun to forward on its port " + port + " within " + PATIENCE.toSeconds()
                            + " seconds.",
                    "Look at the kernel's log (dmesg).");
        }
    }
}
