package org.sluice.agent.step;

import static java.util.Objects.requireNonNull;

/**
 * A step failed. The cause says why; what failed while the steps before it were taken back is among the suppressed ones.
 */
public final class StepFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String step;

    StepFailure(String step, String sentence, RuntimeException cause) {
        super(sentence, requireNonNull(cause, "cause is null"));
        this.step = requireNonNull(step, "step is null");
    }

    /** Name of the step that failed. */
    public String step() {
        return step;
    }

    /** What the step threw. */
    public RuntimeException reason() {
        return (RuntimeException) requireNonNull(getCause());
    }

    /** Whether every step was taken back, so that nothing of the work is left. */
    public boolean isUndone() {
        return getSuppressed().length == 0;
    }
}
