package org.sluice.controller.identity.login;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may see and revoke tokens, as Keystone's policies say. */
final class TokenRules {
    static final Rule VALIDATE = Rule.of(
            "identity:validate_token",
            "rule:system_reader or role:service or user_id:%(user_id)s",
            "Ask whether a token is valid, and what it says.");
    static final Rule REVOKE = Rule.of("identity:revoke_token", Who.OWNER, "End a token before its time.");
    static final Rule CATALOG =
            Rule.of("identity:get_auth_catalog", Who.ANYONE, "Show the services that a token leads to.");
    static final Rule SYSTEM =
            Rule.of("identity:get_auth_system", Who.ANYONE, "Ask whether a token can be had for the system.");

    private TokenRules() {}
}
