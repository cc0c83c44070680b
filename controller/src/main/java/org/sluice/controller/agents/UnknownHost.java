package org.sluice.controller.agents;

import java.util.Optional;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** The refusal of a host whose certificate is good and whose row is gone. */
final class UnknownHost {
    private UnknownHost() {}

    static ProblemException problem(HostId host) {
        return new Problem(
                        Problem.Kind.NOT_FOUND,
                        "HostUnknown",
                        "Host " + host + " is not a member of this cloud.",
                        Optional.of("Enrol it again with a new join token."))
                .asException();
    }
}
