package org.sluice.controller.fleet.policy;

import org.sluice.controller.http.view.View;
import org.sluice.controller.policy.Policy;

/** Rules as the API has them. */
final class PolicyWire {
    static final View<Policy.Line> RULE = View.<Policy.Line>of("rule", "rules")
            .member("name", line -> line.rule().name())
            .member("check", Policy.Line::check)
            .member("default", line -> line.rule().check())
            .member("overridden", line -> line.override().isPresent())
            .member("sentence", line -> line.rule().sentence())
            .build();

    private PolicyWire() {}
}
