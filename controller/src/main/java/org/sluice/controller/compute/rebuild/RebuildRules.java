package org.sluice.controller.compute.rebuild;

import static org.sluice.controller.compute.wire.ComputeRules.member;

import org.sluice.controller.policy.Rule;

/** Who may make servers anew, as Nova's policies say. */
final class RebuildRules {
    static final Rule REBUILD = member("servers:rebuild", "Make a server anew from an image.");

    private RebuildRules() {}
}
