package org.sluice.controller.identity;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sluice.model.ProblemException;
import tools.jackson.databind.node.ObjectNode;

/** What a request says of a project; what it does not say stays as it is. */
record ProjectBody(
        Optional<String> name, Optional<String> description, Optional<Boolean> enabled, Optional<List<String>> tags) {
    private static final int LONGEST_NAME = 64;

    private static final Set<String> KNOWN =
            Set.of("name", "description", "enabled", "tags", "domain_id", "parent_id", "is_domain", "options");

    /**
     * Reads the member {@code project} of a request.
     *
     * @throws ProblemException 400 naming the member that is wrong or not known; 404 for another domain
     */
    static ProjectBody parse(ObjectNode json) {
        IdentityRules.requireKnown(json, "project", KNOWN);
        IdentityRules.requireDefaultDomain(json);
        IdentityRules.requireNoOptions(json);
        IdentityRules.optionalText(json, "parent_id")
                .filter(parent -> !parent.equals(IdentityJson.DOMAIN_ID))
                .ifPresent(parent -> {
                    throw IdentityRules.invalid(
                            "parent_id",
                            "must be " + IdentityJson.DOMAIN_ID + ": projects have no projects below them");
                });
        return new ProjectBody(
                json.has("name") ? Optional.of(IdentityRules.name(json, LONGEST_NAME)) : Optional.empty(),
                json.has("description")
                        ? Optional.of(IdentityRules.optionalText(json, "description", IdentityRules.LONGEST_DESCRIPTION)
                                .orElse(""))
                        : Optional.empty(),
                IdentityRules.optionalFlag(json, "enabled"),
                json.has("tags") ? Optional.of(IdentityRules.tags(json)) : Optional.empty());
    }

    /** The project that a request makes. */
    Project create(String id) {
        return new Project(
                id,
                name.orElseThrow(() -> IdentityRules.invalid("name", "is a required property")),
                description.orElse(""),
                enabled.orElse(true),
                tags.orElse(List.of()));
    }

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
