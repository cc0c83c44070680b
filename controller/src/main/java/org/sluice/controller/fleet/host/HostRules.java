package org.sluice.controller.fleet.host;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Who may look at hosts, and say what their cards and interfaces are on. */
final class HostRules {
    static final Rule LIST = Rule.of("sluice:hosts:list", Who.SYSTEM_READER, "List the hosts with their cards.");
    static final Rule SHOW = Rule.of("sluice:hosts:show", Who.SYSTEM_READER, "Show a host with its cards.");
    static final Rule DELETE = Rule.of("sluice:hosts:delete", Who.ADMIN, "Take a host out of the fleet.");
    static final Rule MAP = Rule.of(
            "sluice:physical_functions:update", Who.ADMIN, "Say which physical network a card of a host is on.");
    static final Rule SET_UPLINK = Rule.of(
            "sluice:uplinks:update",
            Who.ADMIN,
            "Say through which interface a host's bridges reach a physical network.");
    static final Rule DELETE_UPLINK =
            Rule.of("sluice:uplinks:delete", Who.ADMIN, "Take an interface of a host off its physical network.");

    private HostRules() {}

    static ProblemException unknown(String name) {
        return Problem.of(Problem.Kind.NOT_FOUND, "HostNotFound", "There is no host '" + name + "'.")
                .asException();
    }
}
