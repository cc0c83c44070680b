package org.sluice.traffic.engine;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.xdp.AttachMode;
import org.sluice.linux.xdp.XdpProgram;

/**
 * The XDP programs of a path's ports, for as long as the path is open and not for each measurement anew: cards reset their link
 * when a program comes or goes. For one thread.
 */
final class XdpPrograms implements AutoCloseable {
    /** Copper needs three seconds to agree on a speed. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Map<PortName, Attached> attached = new LinkedHashMap<>();

    private record Attached(XdpProgram program, NetworkNamespace namespace) {}

    /** The port's program, which runs in the driver where that can, else before the stack; attached when there is none yet. */
    XdpProgram on(PortName port, NetworkNamespace namespace) {
        return attached.computeIfAbsent(port, _ -> new Attached(attach(port, namespace), namespace)).program;
    }

    /** Where the port's program runs; absent when it has none. */
    Optional<AttachMode> mode(PortName port) {
        return Optional.ofNullable(attached.get(port)).map(with -> with.program.mode());
    }

    private static XdpProgram attach(PortName port, NetworkNamespace namespace) {
        try {
            return XdpProgram.attach(namespace, port.device(), AttachMode.NATIVE);
        } catch (LinuxException refusal) {
            if (refusal.code().equals("xdp.mode-unsupported") || refusal.code().equals("xdp.queues")) {
                return XdpProgram.attach(namespace, port.device(), AttachMode.GENERIC);
            }
            throw refusal;
        }
    }

    /**
     * Waits until the cards whose links were reset have them again.
     *
     * @throws LinuxException code {@code link.no-carrier}
     */
    void awaitCarriers() throws InterruptedException {
        // Twice: a port may lose its carrier only when the reset of another one at the same cable is noticed.
        for (int round = 0; round < 2; round++) {
            for (var port : attached.entrySet()) {
                try (Links links = Links.in(port.getValue().namespace)) {
                    Optional<Link> ready = links.await(port.getKey().device(), Link::carrier, PATIENCE);
                    if (ready.isEmpty()) {
                        throw new LinuxException(
                                "link.no-carrier",
                                "The network device " + port.getKey() + " has had no carrier for "
                                        + PATIENCE.toSeconds() + " seconds since it got an XDP program.",
                                "Use --mode mmsg, or look at the kernel's log (dmesg) for what the driver says.");
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        attached.values().forEach(with -> with.program.close());
        attached.clear();
    }
}
