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
            throw worded(refusal);
        } catch (IllegalArgumentException outOfRange) {
            // The linux module checks ranges before it asks the kernel, which would have answered just that.
            throw KernelException.Refused.because(
                    "OutOfRange", String.valueOf(outOfRange.getMessage()), Optional.empty(), outOfRange);
        }
    }

    /** Runs a call that returns nothing. */
    public static void run(Runnable call) {
        boolean _ = call(() -> {
            call.run();
            return true;
        });
    }

    private static KernelException worded(LinuxException failure) {
        String sentence = failure.sentence();
        Optional<String> fix = Optional.of(failure.fix()).filter(text -> !text.isBlank());
        return switch (failure) {
            case NetlinkException netlink -> KernelException.answered(name(netlink.errno()), sentence, fix, failure);
            case SystemCallException call -> KernelException.answered(name(call.errno()), sentence, fix, failure);
            case LinuxException other ->
                switch (other.code()) {
                    // Not there under this name or address now: whether it has left is looked up where that is known.
                    case "link.missing", "vfio.no-such-function" ->
                        new KernelException.Unreadable(sentence, fix, failure);
                    case "vfio.in-use", "sysfs.hangs", "sysfs.interrupted" ->
                        new KernelException.Stuck(sentence, fix, failure);
                    case "vfio.no-iommu" -> KernelException.Refused.because("IommuOff", sentence, fix, failure);
                    case "vfio.no-module" -> KernelException.Refused.because("NoVfioModule", sentence, fix, failure);
                    default ->
                        other.getCause() instanceof SystemCallException cause
                                ? KernelException.answered(name(cause.errno()), sentence, fix, failure)
                                : KernelException.Refused.because("HostRefuses", sentence, fix, failure);
                };
        };
    }

    private static String name(Errno errno) {
        // Some drivers let the kernel's internal number through; both say that the driver does not know the attribute.
        return errno == Errno.ENOTSUPP ? Errno.EOPNOTSUPP.name() : errno.name();
    }
}
