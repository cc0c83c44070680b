package org.sluice.controller.compute.snapshot;

import static org.sluice.controller.compute.wire.ComputeRules.member;

import org.sluice.controller.policy.Rule;

/** Who may make images of servers, as Nova's policies say. */
final class SnapshotRules {
    static final Rule CREATE = member("servers:create_image", "Make an image of a server.");

    static final Rule BACK_UP = member("os-create-backup", "Make an image of a server, and keep only the newest.");

    private SnapshotRules() {}
}
