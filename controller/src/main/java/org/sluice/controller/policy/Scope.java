package org.sluice.controller.policy;

import static java.util.Objects.requireNonNull;

/** What a token is good for. */
public sealed interface Scope {
    /** Nothing but to get another token: no role goes with it. */
    record Nothing() implements Scope {}

    /** One project; its identifier has 32 hexadecimal digits. */
    record Project(String id, String name) implements Scope {
        public Project {
            requireNonNull(id, "id is null");
            requireNonNull(name, "name is null");
        }
    }

    /** One domain, that is its users and projects, and not what the projects own. */
    record Domain(String id) implements Scope {
        public Domain {
            requireNonNull(id, "id is null");
        }
    }

    /** The cloud itself: hosts, services, users, and not what any project owns. */
    record Cloud() implements Scope {}
}
