package org.sluice.controller.compute.rescue;

import static org.sluice.controller.compute.wire.ComputeRules.member;

import org.sluice.controller.policy.Rule;

/** Who may rescue servers, as Nova's policies say. */
final class RescueRules {
    static final Rule RESCUE = member("os-rescue", "Have a server boot from another image.");
    static final Rule UNRESCUE = member("os-unrescue", "Have a rescued server boot from its own disk again.");

    private RescueRules() {}
}
