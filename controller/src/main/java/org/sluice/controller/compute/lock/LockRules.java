package org.sluice.controller.compute.lock;

import static org.sluice.controller.compute.wire.ComputeRules.member;

import org.sluice.controller.policy.Rule;

/** Who may lock servers, as Nova's policies say. */
final class LockRules {
    static final Rule LOCK = member("os-lock-server:lock", "Lock a server against changes.");
    static final Rule UNLOCK = member("os-lock-server:unlock", "Unlock a server.");

    private LockRules() {}
}
