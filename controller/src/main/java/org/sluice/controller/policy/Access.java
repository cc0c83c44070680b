package org.sluice.controller.policy;

import static java.util.Objects.requireNonNull;

/**
 * What one caller may do. Handlers ask it through their request, about the thing they have found, and never look at roles; it is
 * handed on as it is to parts that know no requests. Immutable and thread-safe.
 */
public final class Access {
    private final Policy policy;
    private final Caller caller;

    Access(Policy policy, Caller caller) {
        this.policy = requireNonNull(policy, "policy is null");
        this.caller = requireNonNull(caller, "caller is null");
    }

    /** Who is asking. */
    public Caller caller() {
        return caller;
    }

    /**
     * Whether a rule passes for something of the caller's own; of one that decides over rows, whether there can be a row for which
     * it passes.
     */
    public boolean may(Rule rule) {
        return rule.rows().isPresent() ? !rows(rule).isNone() : may(rule, Target.ownedBy(caller));
    }

    /** Whether a rule passes for that thing. */
    public boolean may(Rule rule, Target target) {
        return policy.allows(rule, caller, target);
    }

    /** The rows for which a rule passes: what a list has, and what can be shown. */
    public RowCondition rows(Rule rule) {
        return policy.rows(rule, caller);
    }
}
