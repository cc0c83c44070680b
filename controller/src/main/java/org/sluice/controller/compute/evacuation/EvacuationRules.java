package org.sluice.controller.compute.evacuation;

import static org.sluice.controller.compute.wire.ComputeRules.admin;

import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.policy.Rule;
import org.sluice.model.ProblemException;

/** Who may evacuate servers, as Nova's policies say, and when. */
final class EvacuationRules {
    static final Rule EVACUATE = admin("os-evacuate", "Build a server anew on another host, its own being down.");

    private EvacuationRules() {}

    static ProblemException inUse(String host) {
        return Problems.badRequest(
                "ComputeServiceInUse",
                "Compute service of " + host
                        + " is still in use. Its agent is heard: switch the machine off and wait until the"
                        + " host is down, or declare it down when you know that it is off.");
    }

    static ProblemException unknown(String host) {
        return Problems.notFound("ComputeHostNotFound", "Compute host " + host + " could not be found.");
    }

    static ProblemException same(String host) {
        return Problems.badRequest("InvalidTarget", "The target host " + host + " is the one that the server is on.");
    }
}
