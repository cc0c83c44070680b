package org.sluice.controller.identity.region;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may see regions, as Keystone's policies say. */
final class RegionRules {
    static final Rule LIST = Rule.of("identity:list_regions", Who.ANYONE, "List the regions.");
    static final Rule GET = Rule.of("identity:get_region", Who.ANYONE, "Show a region.");

    private RegionRules() {}
}
