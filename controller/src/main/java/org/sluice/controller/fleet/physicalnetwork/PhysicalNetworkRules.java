package org.sluice.controller.fleet.physicalnetwork;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Who may look at physical networks and change them. */
final class PhysicalNetworkRules {
    static final Rule LIST = Rule.of("sluice:physical_networks:list", Who.SYSTEM_READER, "List the physical networks.");
    static final Rule SHOW = Rule.of("sluice:physical_networks:show", Who.SYSTEM_READER, "Show a physical network.");
    static final Rule SET = Rule.of(
            "sluice:physical_networks:update", Who.ADMIN, "Make a physical network, or change its MTU or VLAN ids.");
    static final Rule DELETE = Rule.of("sluice:physical_networks:delete", Who.ADMIN, "Delete a physical network.");

    private PhysicalNetworkRules() {}

    static ProblemException unknown(String name) {
        return Problem.of(
                        Problem.Kind.NOT_FOUND,
                        "PhysicalNetworkNotFound",
                        "There is no physical network '" + name + "'.")
                .asException();
    }
}
