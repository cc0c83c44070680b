package org.sluice.agent.kernel;

import java.util.Optional;
import java.util.function.Supplier;
import org.sluice.agent.host.KernelException;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.netlink.NetlinkException;

/** Runs calls of the {@code linux} module and words their failures as {@link KernelException}. Stateless. */
public final class KernelCalls {
    private KernelCalls() {}

    /** Runs the call and returns its result. */
    public static <T> T call(Supplier<T> call) {
        try {
            return call.get();
        } catch (LinuxException refusal) {
            throw new KernelException(
                    errnoOf(refusal),
                    refusal.sentence(),
                    Optional.of(refusal.fix()).filter(fix -> !fix.isBlank()),
                    refusal);
        }
    }

    /** Runs a call that returns nothing. */
    public static void run(Runnable call) {
        boolean _ = call(() -> {
            call.run();
            return true;
        });
    }

    private static String errnoOf(LinuxException refusal) {
        return switch (refusal) {
            case NetlinkException netlink -> netlink.errno().name();
            case SystemCallException systemCall -> systemCall.errno().name();
            // What the module itself found missing or wrong, before any call.
            default -> "ENODEV";
        };
    }
}
