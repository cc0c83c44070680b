package org.sluice.controller.observation.audit;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.store.Transactions;
import org.sluice.model.Nearest;

/** {@code /sluice/v1/audit}. Thread-safe. */
public final class AuditRoutes implements ResourceRoutes {
    private static final List<String> OPERATIONS = List.of("create", "update", "delete");

    private final Transactions transactions;
    private final AuditStore store = new AuditStore();

    /** Reads the events in that database. */
    public AuditRoutes(Transactions transactions) {
        this.transactions = requireNonNull(transactions, "transactions is null");
    }

    @Override
    public void routes(Routes routes) {
        Source<AuditEvent> events = Source.of(
                (_, window) -> transactions.run(handle -> store.list(handle, window)),
                (_, marker) -> marker.matches("[0-9]{1,18}")
                        ? transactions.autocommit(handle -> store.find(handle, Long.parseLong(marker)))
                        : Optional.empty());
        routes.get("/audit", AuditRules.LIST, exchange -> {
                    transactions.use(handle -> requireKnown(handle, exchange));
                    return AuditWire.LIST.answer(exchange, events);
                })
                .queriedBy(AuditWire.LIST);
    }

    /** What is asked for by a name that nothing has is refused, in place of a list without it that looks like an answer. */
    private void requireKnown(Handle handle, Exchange exchange) {
        require(exchange, "resource", "a type that is audited", type -> {
            List<String> types = store.types(handle);
            return types.contains(AuditWire.type(type)) ? List.of() : types;
        });
        // Actions that nobody has asked for yet are no mistake; what is nearly another name is one.
        require(
                exchange,
                "operation",
                "create, update, delete or an action",
                named -> Stream.concat(OPERATIONS.stream(), store.actions(handle).stream())
                        .filter(known -> Nearest.isNear(named, known))
                        .toList());
        require(
                exchange,
                "user",
                "a user by name or id",
                named -> store.isUser(handle, named) ? List.of() : store.users(handle));
    }

    /** @param known names that may have been meant, or none when the value is no mistake; may have it among them */
    private static void require(
            Exchange exchange, String parameter, String expected, Function<String, List<String>> known) {
        for (String value : exchange.queryAll(parameter)) {
            List<String> near = known.apply(value);
            if (!near.isEmpty() && !near.contains(value)) {
                throw exchange.wording()
                        .badFilter(parameter, value, expected + " (the nearest is '" + Nearest.of(value, near) + "')");
            }
        }
    }
}
