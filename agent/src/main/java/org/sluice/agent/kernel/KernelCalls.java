package org.sluice.agent.kernel;

import java.util.Optional;
import java.util.function.Supplier;
import org.sluice.agent.host.KernelException;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.netlink.NetlinkException;

/**
 * Runs calls of the {@code linux} module and words their failures as {@link KernelException}, sentence and fix kept. Stateless.
 */
public final class KernelCalls {
    private KernelCalls() {}

    /** Runs the call and returns its result. */
    public static <T> T call(Supplier<T> call) {
        try {
            return call.get();
        } catch (LinuxException refusal) {
            throw new KernelException(
                    errno(refusal),
                    refusal.sentence(),
                    Optional.of(refusal.fix()).filter(fix -> !fix.isBlank()),
                    refusal);
        } catch (IllegalArgumentException outOfRange) {
            // The linux module checks ranges before it asks the kernel, which would have answered just that.
            throw new KernelException("EINVAL", String.valueOf(outOfRange.getMessage()), Optional.empty(), outOfRange);
        }
    }

    /** Runs a call that returns nothing. */
    public static void run(Runnable call) {
        boolean _ = call(() -> {
            call.run();
            return true;
        });
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
