package org.sluice.controller.compute.resize;

import static org.sluice.controller.compute.wire.ComputeRules.member;

import org.sluice.controller.policy.Rule;

/** Who may resize servers, as Nova's policies say. */
final class ResizeRules {
    static final Rule RESIZE = member("servers:resize", "Give a server another flavor.");
    static final Rule CONFIRM = member("servers:confirm_resize", "Have a server stay what it was resized to.");
    static final Rule REVERT = member("servers:revert_resize", "Have a server become what it was before its resize.");

    private ResizeRules() {}
}
