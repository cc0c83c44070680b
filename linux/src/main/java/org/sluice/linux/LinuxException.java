package org.sluice.linux;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Something the kernel refused, or something this machine lacks.
 *
 * <p>The message is one complete sentence that names the thing; {@link #fix()} is what a person can do about it; {@link #code()}
 * never changes its meaning, so programs decide by it. Instances are immutable.
 */
public class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String fix;

    /**
     * @param code stable, lower case, dotted, for example {@code sriov.busy}
     * @param sentence what happened, one complete sentence
     * @param fix what to do about it, one complete sentence
     */
    public LinuxException(String code, String sentence, String fix) {
        this(code, sentence, fix, null);
    }

    /**
     * @param code stable, lower case, dotted, for example {@code sriov.busy}
     * @param sentence what happened, one complete sentence
     * @param fix what to do about it, one complete sentence
     * @param cause what led here, or null when nothing did
     */
    public LinuxException(String code, String sentence, String fix, @Nullable Throwable cause) {
        super(requireNonNull(sentence, "sentence is null"), cause);
        this.code = requireNonNull(code, "code is null");
        this.fix = requireNonNull(fix, "fix is null");
    }

    /** The stable code of this kind of failure. */
    public final String code() {
        return code;
    }

    /** The failure as one complete sentence; the same as the message. */
    public final String sentence() {
        return requireNonNull(getMessage(), "message is null");
    }

    /** What to do about it, one complete sentence. */
    public final String fix() {
        return fix;
    }
}
