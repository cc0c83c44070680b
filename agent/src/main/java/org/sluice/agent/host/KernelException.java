package org.sluice.agent.host;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kernel refused something. Carries the errno by name, because the agent decides by it whether to try again. */
public final class KernelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String errno;
    private final @Nullable String fix;

    /**
     * @param errno symbolic name, {@code EBUSY}
     * @param sentence what was asked and what the kernel said, one complete sentence
     * @param fix what the operator can do, if anything is known
     * @param cause the failure underneath, if any
     */
    public KernelException(String errno, String sentence, Optional<String> fix, @Nullable Throwable cause) {
        super(requireNonNull(sentence, "sentence is null"), cause);
        this.errno = requireNonNull(errno, "errno is null");
        this.fix = fix.orElse(null);
    }

    /** Symbolic name of the errno. */
    public String errno() {
        return errno;
    }

    /** What the operator can do. */
    public Optional<String> fix() {
        return Optional.ofNullable(fix);
    }

    /** Whether the same call may succeed a little later: the VF is in reset, or another transaction is under way. */
    public boolean isTransient() {
        return errno.equals("EBUSY") || errno.equals("EAGAIN") || errno.equals("EINTR");
    }
}
