package org.sluice.controller.fleet.server;

import java.util.Optional;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Who may ask why a server is where it is. */
final class ExplanationRules {
    static final Rule EXPLAIN = Rule.of(
            "sluice:servers:explain",
            Who.SYSTEM_READER,
            "Show why a server of any project is where it is, or nowhere.");

    private ExplanationRules() {}

    static ProblemException ambiguous(int servers, String name) {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "ServerNameAmbiguous",
                        servers + " servers have the name '" + name + "'.",
                        Optional.of("Use the id of one of them."))
                .asException();
    }

    static ProblemException unknown(String server) {
        return Problem.of(Problem.Kind.NOT_FOUND, "ServerNotFound", "There is no server '" + server + "'.")
                .asException();
    }
}
