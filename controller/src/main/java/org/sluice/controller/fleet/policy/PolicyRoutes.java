package org.sluice.controller.fleet.policy;

import java.util.Comparator;
import java.util.List;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.policy.Policy;

/** {@code /policy}: the rules that the listener decides by, all of them, by name. Stateless. */
public final class PolicyRoutes implements ResourceRoutes {
    @Override
    public void routes(Routes routes) {
        routes.get("/policy", PolicyRules.SHOW, PolicyRoutes::show);
    }

    private static Reply show(Exchange exchange) {
        List<Policy.Line> lines = exchange.policyLines().stream()
                .sorted(Comparator.comparing(line -> line.rule().name()))
                .toList();
        return PolicyWire.RULE.replyAll(200, lines, exchange);
    }
}
