package org.sluice.controller.compute.action;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may do what to servers, as Nova's policies say. */
final class ActionRules {
    static final Rule FORCE_DELETE = member("os-deferred-delete:force", "Delete a server at once.");
    static final Rule CONSOLE_OUTPUT = member("os-console-output", "Read a server's console.");
    static final Rule REMOTE_CONSOLES = member("os-remote-consoles", "Open a server's console.");

    private ActionRules() {}

    static Rule member(String name, String sentence) {
        return Rule.of("os_compute_api:" + name, Who.PROJECT_MEMBER, sentence);
    }

    static Rule admin(String name, String sentence) {
        return Rule.of("os_compute_api:" + name, Who.ADMIN, sentence);
    }
}
