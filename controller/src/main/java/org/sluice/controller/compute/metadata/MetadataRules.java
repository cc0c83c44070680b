package org.sluice.controller.compute.metadata;

import static org.sluice.controller.compute.wire.ComputeRules.member;
import static org.sluice.controller.compute.wire.ComputeRules.reader;

import org.sluice.controller.policy.Rule;

/** Who may do what with servers' metadata, as Nova's policies say. */
final class MetadataRules {
    static final Rule INDEX = reader("server-metadata:index", "List a server's metadata.");
    static final Rule SHOW = reader("server-metadata:show", "Show one item of a server's metadata.");
    static final Rule CREATE = member("server-metadata:create", "Add to a server's metadata.");
    static final Rule UPDATE = member("server-metadata:update", "Change one item of a server's metadata.");
    static final Rule UPDATE_ALL = member("server-metadata:update_all", "Replace a server's metadata.");
    static final Rule DELETE = member("server-metadata:delete", "Delete one item of a server's metadata.");

    private MetadataRules() {}
}
