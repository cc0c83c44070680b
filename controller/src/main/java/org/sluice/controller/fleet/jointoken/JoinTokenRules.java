package org.sluice.controller.fleet.jointoken;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may let hosts join. */
final class JoinTokenRules {
    static final Rule LIST =
            Rule.of("sluice:join_tokens:list", Who.ADMIN, "List the join tokens, without their secrets.");
    static final Rule CREATE =
            Rule.of("sluice:join_tokens:create", Who.ADMIN, "Make a token with which one host can join.");
    static final Rule DELETE = Rule.of("sluice:join_tokens:delete", Who.ADMIN, "Make a join token void.");

    private JoinTokenRules() {}
}
