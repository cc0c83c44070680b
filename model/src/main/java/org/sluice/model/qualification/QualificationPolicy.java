package org.sluice.model.qualification;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.Optional;

/** What follows for a host from its qualification. */
public enum QualificationPolicy {
    /** Nothing. */
    OFF,
    /** The reasons of a placement say which hosts {@link #REQUIRED} would refuse; they take servers all the same. */
    ADVISORY,
    /** A host takes new servers only when a card of it was measured, and none that was measured failed last. */
    REQUIRED;

    /** The name in the API and in the database, in lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the policy of that name, or empty when there is none. */
    public static Optional<QualificationPolicy> ofWireName(String name) {
        for (QualificationPolicy policy : values()) {
            if (policy.wireName().equals(name)) {
                return Optional.of(policy);
            }
        }
        return Optional.empty();
    }
}
