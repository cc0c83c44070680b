package org.sluice.controller.compute.service;

import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.ProblemException;

/** Who may do what with services, as Nova's policies say, and what is refused. */
final class ServiceRules {
    static final Rule LIST = Rule.of("os_compute_api:os-services:list", Who.ADMIN, "List the agents of hosts.");
    static final Rule UPDATE =
            Rule.of("os_compute_api:os-services:update", Who.ADMIN, "Open or close a host for new servers.");
    static final Rule DELETE = Rule.of("os_compute_api:os-services:delete", Who.ADMIN, "Remove a host.");

    private ServiceRules() {}

    static ProblemException unknown(String id) {
        return Problems.notFound("ServiceNotFound", "Service " + id + " could not be found.");
    }

    static ProblemException unknown(String host, String binary) {
        return Problems.notFound("HostBinaryNotFound", "Could not find binary " + binary + " on host " + host + ".");
    }
}
