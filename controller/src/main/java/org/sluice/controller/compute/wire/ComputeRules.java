package org.sluice.controller.compute.wire;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Rules of the Compute API by whom Nova's policies let do a thing by default; their names go without the prefix. */
public final class ComputeRules {
    private static final String PREFIX = "os_compute_api:";

    private ComputeRules() {}

    /** Whoever may read in the thing's project. */
    public static Rule reader(String name, String sentence) {
        return Rule.of(PREFIX + name, Who.PROJECT_READER, sentence);
    }

    /** Whoever may work in the thing's project. */
    public static Rule member(String name, String sentence) {
        return Rule.of(PREFIX + name, Who.PROJECT_MEMBER, sentence);
    }

    /** Administrators. */
    public static Rule admin(String name, String sentence) {
        return Rule.of(PREFIX + name, Who.ADMIN, sentence);
    }
}
