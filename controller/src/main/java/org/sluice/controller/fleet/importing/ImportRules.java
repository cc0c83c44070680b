package org.sluice.controller.fleet.importing;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may take an OpenStack site's configuration over. */
final class ImportRules {
    static final Rule IMPORT = Rule.of(
            "sluice:import:apply",
            Who.ADMIN,
            "Take physical networks and mappings over from OpenStack's configuration files.");

    private ImportRules() {}
}
