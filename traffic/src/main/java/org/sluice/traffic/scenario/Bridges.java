package org.sluice.traffic.scenario;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.AttributeFiles;
import org.sluice.linux.net.Links;
import org.sluice.traffic.engine.PortName;

/** A Linux bridge for each end of a path, in a namespace for all of them: outside is the tester, inside the router. */
final class Bridges {
    /** The role of the namespace. */
    static final String HOST = "host";

    /** Longer than any run: the router says where it is only once. */
    private static final Duration AGEING = Duration.ofDays(7);

    /** BR_STATE_FORWARDING (include/uapi/linux/if_bridge.h). */
    private static final String FORWARDING = "3";

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final MadeNamespaces made;

    Bridges(MadeNamespaces made) {
        this.made = made;
    }

    /** Makes the bridge of an end, with a veth pair to the end's device of that name. */
    void make(String end, String device) {
        Links host = made.links(HOST);
        String bridge = "br-" + end;
        host.createBridge(bridge, false, AGEING);
        host.setUp(bridge);
        host.createVeth(outside(end), device, made.in(end));
        made.links(end).setUp(device);
        enslave(end, outside(end));
    }

    /** Makes the inside device of the end a port of its bridge. */
    void join(String end) {
        enslave(end, inside(end));
    }

    private void enslave(String end, String port) {
        made.links(HOST).setMaster(port, "br-" + end);
        made.links(HOST).setUp(port);
    }

    /** The bridge's port on the tester's side. */
    static String outside(String end) {
        return end + "-outside";
    }

    /** The bridge's port on the router's side. */
    static String inside(String end) {
        return end + "-inside";
    }

    /** The bridge's two ports, in the direction of a frame that comes from the end. */
    List<PortName> ports(String end) {
        return List.of(made.port(HOST, outside(end)), made.port(HOST, inside(end)));
    }

    /** A bridge begins to use a port when the kernel's link watch has heard of its carrier, which may take a second. */
    void awaitForwarding(String end) {
        awaitForwarding(made, outside(end));
        awaitForwarding(made, inside(end));
    }

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
