package org.sluice.controller.http.view;

import java.util.Optional;
import java.util.Set;
import org.sluice.controller.policy.RowCondition;
import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Target;

/** To whom, and in which version, something is shown: a request, as its views see it. */
public interface Shown {
    /** The microversion's part after {@code 2.}; 0 where the family has none. */
    int minorVersion();

    /** Whether the caller passes that rule for things of his own; decides over members that only some see. */
    boolean may(Rule rule);

    /** Whether the caller passes that rule for that thing. */
    boolean may(Rule rule, Target target);

    /** The rows for which the caller passes a rule that decides over rows. */
    RowCondition rows(Rule rule);

    /** The base of URLs: {@code https://cloud.example}. */
    String baseUrl();

    /** The members that the request asked for by {@code fields}; empty for all. */
    Optional<Set<String>> fields();
}
