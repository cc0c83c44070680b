package org.sluice.controller.compute.wire;

import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** The refusals of the Compute API, by kind; each sentence is written where the rule is. */
public final class Problems {
    private Problems() {}

    public static ProblemException badRequest(String code, String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, code, sentence).asException();
    }

    public static ProblemException notFound(String code, String sentence) {
        return Problem.of(Problem.Kind.NOT_FOUND, code, sentence).asException();
    }

    public static ProblemException conflict(String code, String sentence) {
        return Problem.of(Problem.Kind.CONFLICT, code, sentence).asException();
    }

    public static ProblemException notOffered(String sentence) {
        return Problem.of(Problem.Kind.NOT_IMPLEMENTED, "NotOffered", sentence).asException();
    }
}
