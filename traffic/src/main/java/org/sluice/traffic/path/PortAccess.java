package org.sluice.traffic.path;

import java.time.Duration;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.traffic.engine.PortName;

/** Looks at the interfaces that a person named. */
final class PortAccess {
    /** Cards have none for a moment after they were set up, and after an XDP program was taken off them. */
    private static final Duration FOR_CARRIER = Duration.ofSeconds(4);

    private PortAccess() {}

    /**
     * The interface.
     *
     * @throws LinuxException codes {@code link.missing}, {@code namespace.missing}, {@code path.permission}
     */
    static Link link(PortName port) {
        return look(port, links -> find(links, port));
    }

    /**
     * The interface; one that is up and has no carrier as it is when it has, or after a few seconds.
     *
     * @throws LinuxException codes {@code link.missing}, {@code namespace.missing}, {@code path.permission}
     */
    static Link settledLink(PortName port) throws InterruptedException {
        return look(port, links -> {
            Link link = find(links, port);
            return link.up()
                    ? links.await(port.device(), Link::carrier, FOR_CARRIER).orElse(link)
                    : link;
        });
    }

    private static Link find(Links links, PortName port) {
        return links.find(port.device())
                .orElseThrow(() -> new LinuxException(
                        "link.missing",
                        "There is no network device " + port + ".",
                        "Look at what there is (ip link show)."));
    }

    @FunctionalInterface
    private interface Look<X extends Exception> {
        Link at(Links links) throws X;
    }

    private static <X extends Exception> Link look(PortName port, Look<X> look) throws X {
        try (NetworkNamespace namespace = port.open();
                Links links = Links.in(namespace)) {
            return look.at(links);
        } catch (SystemCallException refusal) {
            if (refusal.errno() == Errno.EPERM || refusal.errno() == Errno.EACCES) {
                throw new LinuxException(
                        "path.permission",
                        "Entering the network namespace of " + port
                                + " needs the capability CAP_SYS_ADMIN, which this process lacks.",
                        "Run as root.",
                        refusal);
            }
            throw refusal;
        }
    }
}
