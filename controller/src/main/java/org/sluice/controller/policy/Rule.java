package org.sluice.controller.policy;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One permission.
 *
 * @param name as OpenStack's policy files call it, {@code os_compute_api:servers:create}; permissions that OpenStack does not
 *     know begin with {@code sluice:}
 * @param check who has it unless an operator says otherwise, in the language of oslo.policy
 * @param sentence what it permits, one sentence for the people who read policies
 * @param rows of what it decides who sees it, where lists have those rows for which it passes
 */
public record Rule(String name, String check, String sentence, Optional<RowTarget> rows) {
    public Rule {
        requireNonNull(name, "name is null");
        requireNonNull(check, "check is null");
        requireNonNull(sentence, "sentence is null");
        requireNonNull(rows, "rows is null");
    }

    /** A permission of its own name, for those whom {@code who} says. */
    public static Rule of(String name, Who who, String sentence) {
        return of(name, who.check(), sentence);
    }

    /** A permission with a check of its own, written in the language of oslo.policy. */
    public static Rule of(String name, String check, String sentence) {
        return new Rule(name, check, sentence, Optional.empty());
    }

    /** The same permission, which decides over rows. */
    public Rule over(RowTarget target) {
        return new Rule(name, check, sentence, Optional.of(target));
    }
}
