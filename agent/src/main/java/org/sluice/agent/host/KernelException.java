package org.sluice.agent.host;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The host did not do what it was asked to, or does not show it. How it failed is the type, because that says what is right to do
 * next; an errno, where the kernel gave one, only explains.
 */
public abstract sealed class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final @Nullable String errno;
    private final @Nullable String fix;

    private KernelException(
            String code, @Nullable String errno, String sentence, Optional<String> fix, @Nullable Throwable cause) {
        super(requireNonNull(sentence, "sentence is null"), cause);
        this.code = requireNonNull(code, "code is null");
        this.errno = errno;
        this.fix = fix.orElse(null);
    }

    /**
     * What an errno means that the kernel itself answered.
     *
     * @param errno symbolic name, {@code EBUSY}
     * @param sentence what was asked and what the kernel said, one complete sentence
     * @param fix what the operator can do, if anything is known
     * @param cause the failure underneath, if any
     */
    public static KernelException answered(
            String errno, String sentence, Optional<String> fix, @Nullable Throwable cause) {
        return switch (errno) {
            case "EBUSY", "EAGAIN", "EINTR" -> new Busy(errno, sentence, fix, cause);
            // Devices are named in requests, and a name may be on its way to another: only sysfs says what is gone.
            case "ENODEV" -> new Unreadable(sentence, fix, cause);
            default -> new Refused(errno, sentence, fix, cause);
        };
    }

    /** The device has left the host, says sysfs: what was on it is not there any more either. */
    public static final class Gone extends KernelException {
        private static final long serialVersionUID = 1L;

        /** @param sentence what is not there any more */
        public Gone(String sentence, Optional<String> fix) {
            super("DeviceGone", null, sentence, fix, null);
        }
    }

    /** The device is there, or may be, and nothing can be learned about it now: it is in reset, or being renamed. */
    public static final class Unreadable extends KernelException {
        private static final long serialVersionUID = 1L;

        /** @param sentence what cannot be found or read */
        public Unreadable(String sentence, Optional<String> fix, @Nullable Throwable cause) {
            super("DeviceUnreadable", null, sentence, fix, cause);
        }
    }

    /** The same call may succeed a little later: the VF is in reset, or another transaction is under way. */
    public static final class Busy extends KernelException {
        private static final long serialVersionUID = 1L;

        private Busy(String errno, String sentence, Optional<String> fix, @Nullable Throwable cause) {
            super("Kernel" + errno, errno, sentence, fix, cause);
        }

        /** @param sentence what has not happened yet */
        public Busy(String sentence, Optional<String> fix) {
            super("DeviceBusy", null, sentence, fix, null);
        }
    }

    /** The kernel or a driver does not do this, now or at all; asking again in the same way changes nothing. */
    public static final class Refused extends KernelException {
        private static final long serialVersionUID = 1L;

        private Refused(String errno, String sentence, Optional<String> fix, @Nullable Throwable cause) {
            super("Kernel" + errno, errno, sentence, fix, cause);
        }

        private Refused(@Nullable Throwable cause, String code, String sentence, Optional<String> fix) {
            super(code, null, sentence, fix, cause);
        }

        /**
         * A refusal that is known by more than an errno.
         *
         * @param code stable name, {@code VfAttributeRefused}
         */
        public static Refused because(String code, String sentence, Optional<String> fix, @Nullable Throwable cause) {
            return new Refused(cause, code, sentence, fix);
        }

        /** Whether the driver does not know what it was asked for, whatever the value. */
        public boolean isUnsupported() {
            return errno().equals(Optional.of("EOPNOTSUPP"));
        }
    }

    /** The call has not come back from the kernel, and may still change the device. */
    public static final class Stuck extends KernelException {
        private static final long serialVersionUID = 1L;

        /** @param sentence which call on what */
        public Stuck(String sentence, Optional<String> fix, @Nullable Throwable cause) {
            super("DriverStuck", null, sentence, fix, cause);
        }
    }

    /** Everything was taken, and something else reads back. */
    public static final class Differs extends KernelException {
        private static final long serialVersionUID = 1L;

        /**
         * @param code stable name, {@code VfReadBackDiffers}
         * @param sentence what differs on which device
         */
        public Differs(String code, String sentence, Optional<String> fix) {
            super(code, null, sentence, fix, null);
        }
    }

    /** Stable name of the failure, {@code KernelENOMEM}. */
    public final String code() {
        return code;
    }

    /** Symbolic name of the errno that the kernel answered with; empty where it was not an errno that told. */
    public final Optional<String> errno() {
        return Optional.ofNullable(errno);
    }

    /** What the operator can do. */
    public final Optional<String> fix() {
        return Optional.ofNullable(fix);
    }

    /** Whether it may pass by itself within seconds, so that the same call is worth repeating. */
    public final boolean isTransient() {
        return switch (this) {
            case Unreadable _, Busy _ -> true;
            case Gone _, Refused _, Stuck _, Differs _ -> false;
        };
    }
}
