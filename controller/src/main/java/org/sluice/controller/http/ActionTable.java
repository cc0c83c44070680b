package org.sluice.controller.http;

import org.sluice.controller.http.body.Fields;
import org.sluice.model.ProblemException;

/** Finds the action that the entity of {@code POST .../action} names. Stateless. */
final class ActionTable {
    /** Stands in the table for the handler that the entity decides on. */
    static final Handler UNRESOLVED = exchange -> {
        throw new IllegalStateException("the action was not resolved");
    };

    private ActionTable() {}

    /**
     * The action.
     *
     * @throws ProblemException 400 in the words of the family when the entity names none that the route has in this microversion
     */
    static Route.Action named(Route route, Exchange exchange) {
        Fields body = exchange.body();
        if (body.names().size() != 1) {
            throw exchange.wording()
                    .badAction("The request body must have exactly one member, which names the action"
                            + (body.names().isEmpty()
                                    ? "."
                                    : ", and not '" + String.join("', '", body.names()) + "'."));
        }
        String name = body.names().getFirst();
        return route.actions().stream()
                .filter(action -> action.name().equals(name))
                .filter(action -> action.versions().have(exchange.minorVersion()))
                .findFirst()
                .orElseThrow(() -> exchange.wording().badAction("There is no such action: " + name));
    }
}
