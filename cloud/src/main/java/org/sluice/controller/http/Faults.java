package org.sluice.controller.http;

import org.sluice.model.Problem;

/** How one API family words a failure: every OpenStack service has its own fault body. Stateless. */
@FunctionalInterface
public interface Faults {
    /** The reply for a problem, with status, body and headers as that service's clients expect them. */
    Reply render(Problem problem);
}
