package org.sluice.controller.scheduling;

import java.util.Optional;
import java.util.stream.Collectors;
import org.sluice.model.qualification.QualificationPolicy;

/**
 * A card of the host was measured, and none that was measured failed last, where the operator requires that; where the operator
 * wants advice only, the same sentence is a notice. Measurements come from {@code sluice traffic qualify}.
 */
final class QualificationFilter implements HostFilter {
    @Override
    public Optional<String> refusal(HostState host, Demand demand) {
        return host.qualification().policy() == QualificationPolicy.REQUIRED
                ? objection(host.qualification())
                : Optional.empty();
    }

    @Override
    public Optional<String> notice(HostState host, Demand demand) {
        return host.qualification().policy() == QualificationPolicy.ADVISORY
                ? objection(host.qualification())
                        .map(sentence -> "Policy 'required' would refuse the host. " + sentence)
                : Optional.empty();
    }

    private static Optional<String> objection(HostState.Qualification qualification) {
        if (qualification.cards().isEmpty()) {
            // The host is not named, so that a refusal counts all such hosts with one reason.
            return Optional.of(
                    "The host was not qualified: no card of it was measured yet; run 'sluice traffic qualify'"
                            + " for it.");
        }
        String failures = qualification.cards().stream()
                .filter(card -> !card.passes())
                .map(card -> "The qualification of " + card.name() + " failed: " + String.join(" ", card.reasons()))
                .collect(Collectors.joining(" "));
        return failures.isEmpty() ? Optional.empty() : Optional.of(failures);
    }
}
