package org.sluice.controller.compute.evacuation;

import static org.sluice.controller.compute.wire.ComputeRules.admin;

import java.util.Optional;
import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.policy.Rule;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;

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

    static ProblemException onlyBack(ServerId server, String host) {
        return Problems.badRequest(
                "InvalidTarget",
                "Instance " + server + " goes back to host " + host + ", where its disk of before is, and to no other."
                        + " Leave the field host out.");
    }

    static ProblemException bothDown(ServerId server, String from, String back) {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "InstanceStillElsewhere",
                        "Cannot 'evacuate' instance " + server + " now: it was moved to host " + from + ", and host "
                                + back + ", where its disk of before is, is down as well.",
                        Optional.of("Ask again when " + back
                                + " is back, and it goes back there. When that machine is off for"
                                + " good: sluice fleet remove --lost " + back
                                + "; then it is built anew from its image."))
                .asException();
    }

    static ProblemException mayRunStill(ServerId server, String from, String back) {
        return new Problem(
                        Problem.Kind.CONFLICT,
                        "HostNotDeclaredDown",
                        "Cannot 'evacuate' instance " + server + " now: it goes back to its disk of before on host "
                                + back + ", and its guest may run on host " + from + " still, which is only silent.",
                        Optional.of(
                                "When you know that the machine is off, declare it down and ask again: openstack compute"
                                        + " service set --down " + from + " nova-compute."))
                .asException();
    }
}
