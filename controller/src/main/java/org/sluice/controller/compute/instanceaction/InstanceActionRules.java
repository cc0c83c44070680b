package org.sluice.controller.compute.instanceaction;

import static org.sluice.controller.compute.wire.ComputeRules.reader;

import org.sluice.controller.policy.Rule;

/** Who may see what was done to servers, as Nova's policies say. */
final class InstanceActionRules {
    static final Rule LIST = reader("os-instance-actions:list", "List what was done to a server.");
    static final Rule SHOW = reader("os-instance-actions:show", "Show what was done to a server.");

    private InstanceActionRules() {}
}
