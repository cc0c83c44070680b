package org.sluice.traffic.path;

import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.traffic.engine.PortName;

/** Looks at the interfaces that a person named. */
final class PortAccess {
    private PortAccess() {}

    /**
     * The interface.
     *
     * @throws LinuxException codes {@code link.missing}, {@code namespace.missing}, {@code path.permission}
     */
    static Link link(PortName port) {
        try (NetworkNamespace namespace = port.open();
                Links links = Links.in(namespace)) {
            return links.find(port.device())
                    .orElseThrow(() -> new LinuxException(
                            "link.missing",
                            "There is no network device " + port + ".",
                            "Look at what there is (ip link show)."));
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
