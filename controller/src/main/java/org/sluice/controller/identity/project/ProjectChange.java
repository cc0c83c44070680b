package org.sluice.controller.identity.project;

import java.util.List;
import java.util.Optional;

/** What a request says of a project; what it does not say stays as it is. */
public record ProjectChange(
        Optional<String> name, Optional<String> description, Optional<Boolean> enabled, Optional<List<String>> tags) {
    /** The project as a request leaves it. */
    Project appliedTo(Project before) {
        return new Project(
                before.id(),
                name.orElse(before.name()),
                description.orElse(before.description()),
                enabled.orElse(before.enabled()),
                tags.orElse(before.tags()));
    }

    /** Whether tokens for the project die of it. */
    boolean endsTokens() {
        return !enabled.orElse(true);
    }
}
