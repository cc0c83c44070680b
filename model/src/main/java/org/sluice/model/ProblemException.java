package org.sluice.model;

import static java.util.Objects.requireNonNull;

/** Carries a {@link Problem} from the rule that found it to the edge that shows it. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    /** Wraps a problem found by a rule of ours. */
    public ProblemException(Problem problem) {
        super(requireNonNull(problem, "problem is null").text());
        this.problem = problem;
    }

    /** Wraps a problem that another failure caused; the cause chain is kept. */
    public ProblemException(Problem problem, Throwable cause) {
        super(requireNonNull(problem, "problem is null").text(), requireNonNull(cause, "cause is null"));
        this.problem = problem;
    }

    /** What went wrong. */
    public Problem problem() {
        return problem;
    }
}
