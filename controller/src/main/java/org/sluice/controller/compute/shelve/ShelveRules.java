package org.sluice.controller.compute.shelve;

import static org.sluice.controller.compute.wire.ComputeRules.admin;
import static org.sluice.controller.compute.wire.ComputeRules.member;

import org.sluice.controller.policy.Rule;

/** Who may shelve servers, as Nova's policies say. */
final class ShelveRules {
    static final Rule SHELVE = member("os-shelve:shelve", "Shelve a server.");
    static final Rule OFFLOAD = admin("os-shelve:shelve_offload", "Have a shelved server leave its host.");
    static final Rule UNSHELVE = member("os-shelve:unshelve", "Bring a shelved server back.");

    private ShelveRules() {}
}
