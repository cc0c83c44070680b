package org.sluice.controller.fleet.virtualfunction;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may look into the lease books. */
final class VirtualFunctionRules {
    static final Rule LIST =
            Rule.of("sluice:virtual_functions:list", Who.SYSTEM_READER, "List the virtual functions and who has them.");

    private VirtualFunctionRules() {}
}
