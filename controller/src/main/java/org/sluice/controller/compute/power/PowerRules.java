package org.sluice.controller.compute.power;

import static org.sluice.controller.compute.wire.ComputeRules.member;

import org.sluice.controller.policy.Rule;

/** Who may switch servers on and off, as Nova's policies say. */
final class PowerRules {
    static final Rule START = member("servers:start", "Start a server.");
    static final Rule STOP = member("servers:stop", "Stop a server.");
    static final Rule REBOOT = member("servers:reboot", "Reboot a server.");
    static final Rule PAUSE = member("os-pause-server:pause", "Pause a server.");
    static final Rule UNPAUSE = member("os-pause-server:unpause", "Let a paused server go on.");

    static final Rule SUSPEND = member("os-suspend-server:suspend", "Save a server's memory and switch it off.");
    static final Rule RESUME = member("os-suspend-server:resume", "Let a suspended server go on.");

    private PowerRules() {}
}
