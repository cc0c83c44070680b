package org.sluice.controller.http;

import java.util.Optional;
import org.sluice.controller.http.body.Fields;

/** Finds the action that the entity of {@code POST .../action} names. Stateless. */
final class ActionTable {
    /** Stands in the table for the handler that the entity decides on. */
    static final Handler UNRESOLVED = exchange -> {
        throw new IllegalStateException("the action was not resolved");
    };

    private ActionTable() {}

    /** Answers by the action's own handler, after its own rule. */
    static Reply answer(Route route, Exchange exchange) {
        Fields body = exchange.body();
        if (body.names().size() != 1) {
            throw exchange.wording()
                    .badAction("The request body must have exactly one member, which names the action"
                            + (body.names().isEmpty()
                                    ? "."
                                    : ", and not '" + String.join("', '", body.names()) + "'."));
        }
        String name = body.names().getFirst();
        Optional<Route.Action> named = route.actions().stream()
                .filter(action -> action.name().equals(name))
                .filter(action -> action.versions().have(exchange.minorVersion()))
                .findFirst();
        Route.Action action = named.orElseThrow(() -> exchange.wording().badAction("There is no such action: " + name));
        return action.handler().handle(exchange.under(action.rule()));
    }
}
