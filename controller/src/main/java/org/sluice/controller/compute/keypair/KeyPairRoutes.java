package org.sluice.controller.compute.keypair;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.Optional;
import org.sluice.controller.compute.wire.Links;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.Reply;
import org.sluice.controller.http.ResourceRoutes;
import org.sluice.controller.http.Routes;
import org.sluice.controller.http.list.Source;
import org.sluice.controller.store.Transactions;

/** {@code /os-keypairs} (Compute API reference, "Keypairs"). Thread-safe. */
public final class KeyPairRoutes implements ResourceRoutes {
    private final Transactions transactions;
    private final InstantSource clock;
    private final KeyPairStore store = new KeyPairStore();

    public KeyPairRoutes(Transactions transactions, InstantSource clock) {
        this.transactions = requireNonNull(transactions, "transactions is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public void routes(Routes routes) {
        String root = Links.VERSION_PATH + "/os-keypairs";
        routes.list(root, KeyPairRules.INDEX, KeyPairWire.LIST, source());
        routes.post(root, KeyPairRules.CREATE, this::create);
        routes.get(root + "/{name}", KeyPairRules.SHOW, this::show).asksSince(10, "user_id");
        routes.delete(root + "/{name}", KeyPairRules.DELETE, this::delete).asksSince(10, "user_id");
    }

    private Source<KeyPair> source() {
        return Source.of(
                (exchange, window) -> {
                    String user = asked(exchange);
                    return transactions.run(handle -> store.list(handle, user, window));
                },
                (exchange, marker) -> {
                    String user = asked(exchange);
                    return transactions.autocommit(handle -> store.find(handle, user, marker));
                });
    }

    /** From 2.10 on, an operator may ask about another user. */
    private static String asked(Exchange exchange) {
        return KeyPairRules.owner(exchange, exchange.atLeast(10) ? exchange.query("user_id") : Optional.empty());
    }

    private Reply create(Exchange exchange) {
        KeyPairWire.Wanted wanted = KeyPairWire.read(exchange);
        String user = KeyPairRules.owner(exchange, wanted.owner());
        Optional<GeneratedKey> generated =
                wanted.publicKey().isPresent() ? Optional.empty() : Optional.of(GeneratedKey.make());
        String line = wanted.publicKey()
                .or(() -> generated.map(GeneratedKey::publicLine))
                .orElseThrow();
        SshPublicKey key = KeyPairRules.key(line);
        KeyPair made = transactions.run(
                handle -> store.insert(handle, user, wanted.name(), key.fingerprint(), line, clock.instant())
                        .orElseThrow(() -> KeyPairRules.taken(wanted.name())));
        int status = exchange.atLeast(2) ? 201 : 200;
        KeyPairWire.Made shown = new KeyPairWire.Made(made, generated.map(GeneratedKey::privatePem));
        return (generated.isPresent() ? KeyPairWire.MADE_HERE : KeyPairWire.MADE).reply(status, shown, exchange);
    }

    private Reply show(Exchange exchange) {
        String user = asked(exchange);
        String name = exchange.path("name");
        KeyPair key = transactions.autocommit(
                handle -> store.find(handle, user, name).orElseThrow(() -> KeyPairRules.unknown(user, name)));
        return KeyPairWire.WHOLE.ok(key, exchange);
    }

    private Reply delete(Exchange exchange) {
        String user = asked(exchange);
        String name = exchange.path("name");
        if (!transactions.run(handle -> store.delete(handle, user, name))) {
            throw KeyPairRules.unknown(user, name);
        }
        return Reply.empty(exchange.atLeast(2) ? 204 : 202);
    }
}
