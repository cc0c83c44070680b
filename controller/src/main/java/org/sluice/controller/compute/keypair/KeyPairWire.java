package org.sluice.controller.compute.keypair;

import java.util.Optional;
import org.sluice.controller.compute.wire.ComputePages;
import org.sluice.controller.compute.wire.Times;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;
import org.sluice.controller.http.body.KnownFields;
import org.sluice.controller.http.list.ListQuery;
import org.sluice.controller.http.view.View;

/** Key pairs as the Compute API takes and shows them. */
final class KeyPairWire {
    /** A key pair just made, with the private half if it was made here. */
    record Made(KeyPair key, Optional<String> privateKey) {}

    /**
     * What a client wants to have.
     *
     * @param publicKey one line in OpenSSH form; empty to have a pair made
     * @param owner another user than the caller, if named
     */
    record Wanted(String name, Optional<String> publicKey, Optional<String> owner) {}

    private static final View<KeyPair> BRIEF = View.<KeyPair>of("keypair", "keypairs")
            .member("name", KeyPair::name)
            .member("public_key", KeyPair::publicKey)
            .member("fingerprint", KeyPair::fingerprint)
            .member("type", KeyPair::type)
            .since(2)
            .build();

    static final View<KeyPair> WHOLE = View.<KeyPair>of("keypair", "keypairs")
            .with(BRIEF)
            .member("user_id", KeyPair::userId)
            .member("created_at", key -> Times.plain(key.createdAt()))
            .member("deleted", key -> false)
            .member("deleted_at", key -> null)
            .member("id", KeyPair::number)
            .member("updated_at", key -> null)
            .build();

    static final View<Made> MADE = View.<Made>of("keypair", "keypairs")
            .member("type", made -> made.key().type())
            .since(2)
            .member("name", made -> made.key().name())
            .member("public_key", made -> made.key().publicKey())
            .member("fingerprint", made -> made.key().fingerprint())
            .member("user_id", made -> made.key().userId())
            .build();

    /** The same with the private key, which is shown this once and kept nowhere. */
    static final View<Made> MADE_HERE = View.<Made>of("keypair", "keypairs")
            .with(MADE)
            .member("private_key", Made::privateKey)
            .build();

    /** Each item is an object with one member, {@code keypair}. */
    private static final View<KeyPair> ITEM = View.<KeyPair>of("keypair", "keypairs")
            .member("keypair", key -> new View.Nested<>(BRIEF, key))
            .build();

    static final ListQuery<KeyPair> LIST = ListQuery.of(ITEM)
            .scope("user_id")
            .since(10)
            .unique("name", "name", KeyPair::name, KeyPair::name)
            .pages(ComputePages.LARGEST, ComputePages.LARGEST)
            .build();

    private static final KnownFields FIELDS =
            KnownFields.of("name", "public_key").since(2, "type").since(10, "user_id");

    private KeyPairWire() {}

    static Wanted read(Exchange exchange) {
        Fields fields = exchange.body("keypair").onlyKnows(FIELDS.in(exchange.minorVersion()));
        if (!fields.optionalText("type", 1, 255).orElse("ssh").equals("ssh")) {
            throw fields.refused("type", "only 'ssh' is offered; Sluice makes no certificates");
        }
        if (exchange.atLeast(92)) {
            fields.needs("public_key");
        }
        return new Wanted(
                KeyPairRules.name(exchange, fields.text("name", 1, 255)),
                fields.optionalText("public_key", 1, 16_384),
                fields.optionalText("user_id", 1, 255));
    }
}
