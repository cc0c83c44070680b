package org.sluice.controller.compute.aggregate;

import org.sluice.controller.compute.wire.Problems;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.ProblemException;

/** Who may do what with aggregates, as Nova's policies say, and what is refused. */
final class AggregateRules {
    static final Rule INDEX = rule("index", "List aggregates.");
    static final Rule SHOW = rule("show", "Show an aggregate.");
    static final Rule CREATE = rule("create", "Create an aggregate.");
    static final Rule UPDATE = rule("update", "Change an aggregate's name and zone.");
    static final Rule DELETE = rule("delete", "Delete an aggregate.");
    static final Rule ADD_HOST = rule("add_host", "Put a host into an aggregate.");
    static final Rule REMOVE_HOST = rule("remove_host", "Take a host from an aggregate.");
    static final Rule SET_METADATA = rule("set_metadata", "Change an aggregate's metadata.");

    private AggregateRules() {}

    private static Rule rule(String what, String sentence) {
        return Rule.of("os_compute_api:os-aggregates:" + what, Who.ADMIN, sentence);
    }

    static ProblemException nameTaken(String name) {
        return Problems.conflict("AggregateNameExists", "Aggregate " + name + " already exists.");
    }

    static ProblemException unknown(int id) {
        return Problems.notFound("AggregateNotFound", "Aggregate " + id + " could not be found.");
    }

    static ProblemException unknownHost(String name) {
        return Problems.notFound("ComputeHostNotFound", "Compute host " + name + " could not be found.");
    }
}
