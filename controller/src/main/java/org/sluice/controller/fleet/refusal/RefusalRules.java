package org.sluice.controller.fleet.refusal;

import java.time.Duration;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Who may look at what drivers refused, and have it forgotten. */
final class RefusalRules {
    static final Rule LIST = Rule.of(
            "sluice:refusals:list",
            Who.SYSTEM_READER,
            "List what the drivers of a host's cards refused, with its age.");
    static final Rule FORGET =
            Rule.of("sluice:refusals:forget", Who.ADMIN, "Have a host ask its drivers again for what they refused.");

    private RefusalRules() {}

    static ProblemException unknownHost(String name) {
        return Problem.of(Problem.Kind.NOT_FOUND, "HostNotFound", "There is no host '" + name + "'.")
                .asException();
    }

    static ProblemException unknownCard(String host, String card) {
        return Problem.of(
                        Problem.Kind.NOT_FOUND,
                        "RefusalsNotFound",
                        "Host '" + host + "' knows of no refusal of cards '" + card
                                + "'; the keys that it has are listed by sluice fleet refusals " + host + ".")
                .asException();
    }

    static ProblemException silent(String host, Duration waited) {
        return Problem.of(
                        Problem.Kind.UNAVAILABLE,
                        "HostSilent",
                        "Host '" + host + "' did not answer within " + waited.toSeconds()
                                + " s; its agent may be down, or of a version that cannot be asked.")
                .asException();
    }
}
