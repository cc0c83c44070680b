package org.sluice.controller.compute.instanceaction;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may see what was done to servers, as Nova's policies say. */
final class InstanceActionRules {
    static final Rule LIST = reader("os-instance-actions:list", "List what was done to a server.");
    static final Rule SHOW = reader("os-instance-actions:show", "Show what was done to a server.");

    private InstanceActionRules() {}

    private static Rule reader(String name, String sentence) {
        return Rule.of("os_compute_api:" + name, Who.PROJECT_READER, sentence);
    }
}
