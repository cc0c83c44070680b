package org.sluice.controller.fleet.standing;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Who may look at what stands on a host. */
final class StandingServerRules {
    static final Rule LIST =
            Rule.of("sluice:hosts:servers", Who.SYSTEM_READER, "List the servers on a host, and which fit elsewhere.");

    private StandingServerRules() {}

    static ProblemException unknown(String host) {
        return Problem.of(Problem.Kind.NOT_FOUND, "HostNotFound", "There is no host '" + host + "'.")
                .asException();
    }
}
