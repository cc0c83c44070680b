package org.sluice.controller.compute.hypervisor;

import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.ProblemException;

/** Who may see hypervisors, as Nova's policies say, and what is refused. */
final class HypervisorRules {
    static final Rule LIST = rule("list", "List hypervisors.");
    static final Rule DETAIL = rule("list-detail", "List hypervisors with what they have.");
    static final Rule SHOW = rule("show", "Show a hypervisor.");
    static final Rule STATISTICS = rule("statistics", "Show what all hypervisors add up to, until 2.87.");
    static final Rule UPTIME = rule("uptime", "Show how long a hypervisor has been up, until 2.87.");
    static final Rule SEARCH = rule("search", "Find hypervisors by their names, until 2.52.");
    static final Rule SERVERS = rule("servers", "Find hypervisors with their servers, until 2.52.");

    private HypervisorRules() {}

    private static Rule rule(String what, String sentence) {
        return Rule.of("os_compute_api:os-hypervisors:" + what, Who.ADMIN, sentence);
    }

    static ProblemException unknown(String id) {
        return Problems.notFound("ComputeHostNotFound", "Hypervisor with ID '" + id + "' could not be found.");
    }

    static ProblemException noMatch(String pattern) {
        return Problems.notFound("HypervisorNotFound", "No hypervisor matching '" + pattern + "' could be found.");
    }
}
