package org.sluice.controller.compute.action;

import static org.sluice.controller.compute.wire.ComputeRules.member;

import org.sluice.controller.policy.Rule;

/** Who may do what to servers, as Nova's policies say. */
final class ActionRules {
    static final Rule FORCE_DELETE = member("os-deferred-delete:force", "Delete a server at once.");
    static final Rule CONSOLE_OUTPUT = member("os-console-output", "Read a server's console.");
    static final Rule REMOTE_CONSOLES = member("os-remote-consoles", "Open a server's console.");

    private ActionRules() {}
}
