package org.sluice.controller.fleet.jointoken;

import static java.util.Objects.requireNonNull;

import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.pki.JoinTokens;
import org.sluice.controller.store.Transactions;
import org.sluice.model.protocol.JoinToken;

/** {@code /join-tokens}. Thread-safe. */
public final class JoinTokenRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final JoinTokens tokens;

    public JoinTokenRoutes(Transactions transactions, JoinTokens tokens) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.tokens = requireNonNull(tokens, "tokens is null");
    }

    @Override
    public void routes(Routes routes) {
        routes.list("/join-tokens", JoinTokenRules.LIST, JoinTokenWire.LIST, source());
        routes.post("/join-tokens", JoinTokenRules.CREATE, this::create);
        routes.delete("/join-tokens/{id}", JoinTokenRules.DELETE, this::delete);
    }

    private Source<JoinTokens.Issued> source() {
        return Source.of(
                (_, window) -> transactions.run(handle -> tokens.list(handle, window)),
                (_, marker) -> transactions.autocommit(handle -> tokens.find(handle, marker)));
    }

    private Reply create(Exchange exchange) {
        JoinTokenWire.Wanted wanted = JoinTokenWire.read(exchange);
        JoinTokenWire.Made made = transactions.run(handle -> {
            JoinToken token = tokens.issue(handle, wanted.validity(), wanted.host());
            return new JoinTokenWire.Made(tokens.show(handle, token), token);
        });
        return JoinTokenWire.MADE.reply(201, made, exchange);
    }

    private Reply delete(Exchange exchange) {
        transactions.use(handle -> tokens.revoke(handle, exchange.path("id")));
        return Reply.empty(204);
    }
}
