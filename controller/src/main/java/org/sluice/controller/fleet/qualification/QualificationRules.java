package org.sluice.controller.fleet.qualification;

import org.sluice.controller.policy.Rule;
import org.sluice.controller.policy.Who;

/** Who may look at measurements, bring some, and say what is asked for. */
final class QualificationRules {
    static final Rule LIST =
            Rule.of("sluice:qualifications:list", Who.SYSTEM_READER, "List the measurements of a host.");
    static final Rule CREATE =
            Rule.of("sluice:qualifications:create", Who.ADMIN, "Bring a measurement of a host's card.");
    static final Rule SHOW_SETTINGS = Rule.of(
            "sluice:qualification:show", Who.SYSTEM_READER, "Show what is asked of hosts before they get servers.");
    static final Rule CHANGE_SETTINGS =
            Rule.of("sluice:qualification:update", Who.ADMIN, "Change what is asked of hosts before they get servers.");
    static final Rule LIST_BASELINES =
            Rule.of("sluice:baselines:list", Who.SYSTEM_READER, "List what is expected of classes of cards.");
    static final Rule SHOW_BASELINE =
            Rule.of("sluice:baselines:show", Who.SYSTEM_READER, "Show what is expected of a class of cards.");
    static final Rule SET_BASELINE =
            Rule.of("sluice:baselines:update", Who.ADMIN, "Say what is expected of a class of cards.");
    static final Rule DELETE_BASELINE =
            Rule.of("sluice:baselines:delete", Who.ADMIN, "Take back what was expected of a class of cards.");

    private QualificationRules() {}
}
