package org.sluice.controller.identity.wire;

import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Refusals of several rooms, as Keystone says them. */
public final class IdentityProblems {
    private IdentityProblems() {}

    /** 404: there is no such thing; {@code what} is a noun: {@code user}. */
    public static ProblemException notFound(String what, String id) {
        return Problem.of(Problem.Kind.NOT_FOUND, "ResourceNotFound", "Could not find " + what + ": " + id + ".")
                .asException();
    }

    /** 409: another one has that name. */
    public static ProblemException nameTaken(String what, String name) {
        return Problem.of(
                        Problem.Kind.CONFLICT,
                        "Conflict",
                        "Conflict occurred attempting to store " + what + " - Duplicate entry found with name " + name
                                + " at domain ID " + DefaultDomain.ID + ".")
                .asException();
    }
}
