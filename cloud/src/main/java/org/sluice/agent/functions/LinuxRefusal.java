package org.sluice.agent.functions;

import java.util.Optional;
import java.util.function.Supplier;
import org.sluice.agent.host.KernelException;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.netlink.NetlinkException;

/** Turns what the {@code linux} module throws into the agent's terms, sentence and fix kept. */
final class LinuxRefusal {
    private LinuxRefusal() {}

    static <T> T translating(Supplier<T> call) {
        try {
            return call.get();
        } catch (LinuxException e) {
            throw new KernelException(errno(e), e.sentence(), Optional.of(e.fix()), e);
        } catch (IllegalArgumentException e) {
            // The linux module checks ranges before it asks the kernel, which would have answered just that.
            throw new KernelException("EINVAL", String.valueOf(e.getMessage()), Optional.empty(), e);
        }
    }

    private static String errno(LinuxException failure) {
        return switch (failure) {
            case NetlinkException netlink -> name(netlink.errno());
            case SystemCallException call -> name(call.errno());
            case LinuxException other ->
                switch (other.code()) {
                    case "link.missing", "vfio.no-such-function" -> "ENODEV";
                    case "vfio.no-iommu" -> "ENXIO";
                    case "vfio.no-module" -> "ENOENT";
                    case "vfio.in-use", "sysfs.hangs" -> "ETIMEDOUT";
                    default -> other.getCause() instanceof SystemCallException cause ? name(cause.errno()) : "EIO";
                };
        };
    }

    private static String name(Errno errno) {
        // Some drivers let the kernel's internal number through; both say that the driver does not know the attribute.
        return errno == Errno.ENOTSUPP ? Errno.EOPNOTSUPP.name() : errno.name();
    }
}
