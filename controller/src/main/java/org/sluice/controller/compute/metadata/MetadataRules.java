package org.sluice.controller.compute.metadata;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may do what with servers' metadata, as Nova's policies say. */
final class MetadataRules {
    static final Rule INDEX = reader("server-metadata:index", "List a server's metadata.");
    static final Rule SHOW = reader("server-metadata:show", "Show one item of a server's metadata.");
    static final Rule CREATE = member("server-metadata:create", "Add to a server's metadata.");
    static final Rule UPDATE = member("server-metadata:update", "Change one item of a server's metadata.");
    static final Rule UPDATE_ALL = member("server-metadata:update_all", "Replace a server's metadata.");
    static final Rule DELETE = member("server-metadata:delete", "Delete one item of a server's metadata.");

    private MetadataRules() {}

    private static Rule reader(String name, String sentence) {
        return Rule.of("os_compute_api:" + name, Who.PROJECT_READER, sentence);
    }

    private static Rule member(String name, String sentence) {
        return Rule.of("os_compute_api:" + name, Who.PROJECT_MEMBER, sentence);
    }
}
