package org.sluice.controller.identity.assignment;

import org.sluice.controller.identity.token.Revocations;
import org.sluice.controller.identity.wire.DefaultDomain;

/** Where a role is had. */
public sealed interface Place {
    /** In a project. */
    record OfProject(String id) implements Place {
        @Override
        public String key() {
            return id;
        }
    }

    /** In the one domain. */
    record OfDomain() implements Place {
        @Override
        public String key() {
            return DefaultDomain.ID;
        }
    }

    /** On the cloud itself. */
    record OfCloud() implements Place {
        @Override
        public String key() {
            return Revocations.CLOUD;
        }
    }

    /** What tables and revocations call it: no project has the identifier of another place. */
    String key();
}
