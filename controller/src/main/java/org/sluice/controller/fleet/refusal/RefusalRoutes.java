package org.sluice.controller.fleet.refusal;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.sluice.controller.host.Hosts;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.DriverRefusal;

/** {@code /hosts/NAME/refusals}: only the host knows them, so it is asked while the request waits. Thread-safe. */
public final class RefusalRoutes implements ResourceRoutes {
    /** A host that polls answers within a round trip; this is for one that is busy. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private final Transactions transactions;
    private final HostRefusals refusals;

    /**
     * Wires them.
     *
     * @param refusals asks hosts
     */
    public RefusalRoutes(Transactions transactions, HostRefusals refusals) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.refusals = requireNonNull(refusals, "refusals is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.get("/hosts/{name}/refusals", RefusalRules.LIST, this::list);
        routes.delete("/hosts/{name}/refusals", RefusalRules.FORGET, this::forget)
                .asks("card");
    }

    private Reply list(Exchange exchange) {
        HostId host = host(exchange);
        return shown(exchange, () -> refusals.ask(host, false, Optional.empty(), LONGEST_WAIT));
    }

    private Reply forget(Exchange exchange) {
        Optional<String> card = exchange.query("card");
        HostId host = host(exchange);
        return shown(exchange, () -> {
            Optional<List<DriverRefusal>> forgotten = refusals.ask(host, true, card, LONGEST_WAIT);
            if (card.isPresent() && forgotten.map(List::isEmpty).orElse(false)) {
                throw RefusalRules.unknownCard(exchange.path("name"), card.get());
            }
            return forgotten;
        });
    }

    private HostId host(Exchange exchange) {
        String name = exchange.path("name");
        return transactions
                .autocommit(handle -> Hosts.find(handle, name))
                .orElseThrow(() -> RefusalRules.unknownHost(name));
    }

    private Reply shown(Exchange exchange, Asked asked) {
        try {
            List<DriverRefusal> answer =
                    asked.answer().orElseThrow(() -> RefusalRules.silent(exchange.path("name"), LONGEST_WAIT));
            return RefusalWire.VIEW.replyAll(200, answer, exchange);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new ProblemException(
                    Problem.of(Problem.Kind.UNAVAILABLE, "Closing", "The controller is closing; ask another one."),
                    stopped);
        }
    }

    /** A question that is waited for. */
    private interface Asked {
        Optional<List<DriverRefusal>> answer() throws InterruptedException;
    }
}
