package org.sluice.controller.policy;

import static java.util.Objects.requireNonNull;

/**
 * What one caller may do: the rule of the route that was asked for, and any other one. Handlers ask it about the thing they have
 * found, and never look at roles. Immutable and thread-safe.
 */
public final class Access {
    private final Policy policy;
    private final Rule rule;
    private final Caller caller;

    Access(Policy policy, Rule rule, Caller caller) {
        this.policy = requireNonNull(policy, "policy is null");
        this.rule = requireNonNull(rule, "rule is null");
        this.caller = requireNonNull(caller, "caller is null");
    }

    /** Who is asking. */
    public Caller caller() {
        return caller;
    }

    /** The rule of the route. */
    public Rule rule() {
        return rule;
    }

    /**
     * The question that the edge asks before the body: whether the route's rule passes for something of the caller's own; of a
     * rule that decides over rows, whether there can be one for which it passes.
     */
    public boolean allowsOwn() {
        return rule.rows().isPresent() ? !rows().isNone() : may(rule);
    }

    /** The rows for which the route's rule passes. */
    public RowCondition rows() {
        return rows(rule);
    }

    /** The rows for which another rule passes: what a list has, and what can be shown. */
    public RowCondition rows(Rule other) {
        return policy.rows(other, caller);
    }

    /** Whether the route's rule passes for that thing. */
    public boolean allows(Target target) {
        return may(rule, target);
    }

    /** Whether another rule passes for something of the caller's own. */
    public boolean may(Rule other) {
        return may(other, Target.ownedBy(caller));
    }

    /** Whether another rule passes for that thing. */
    public boolean may(Rule other, Target target) {
        return policy.allows(other, caller, target);
    }
}
