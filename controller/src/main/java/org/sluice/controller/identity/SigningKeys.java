package org.sluice.controller.identity;

import static java.util.Objects.requireNonNull;

import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.sluice.controller.store.Database;

/**
 * The P-256 keys that tokens are signed with (RFC 7518, section 3.4). They live in the database, so that every controller
 * verifies what any of them signed. A key signs for {@link #SIGNING_PERIOD}; it verifies until the tokens it signed are
 * over. Thread-safe.
 */
final class SigningKeys {
    /** How long one key signs before the next is made. */
    static final Duration SIGNING_PERIOD = Duration.ofDays(30);

    /** One key pair. */
    record Key(String id, ECPrivateKey privateKey, ECPublicKey publicKey, Instant createdAt) {}

    private final Jdbi jdbi;
    private final InstantSource clock;
    private final RandomGenerator random;
    private volatile Map<String, Key> known = Map.of();

    SigningKeys(Database database, InstantSource clock, RandomGenerator random) {
        this.jdbi = requireNonNull(database, "database is null").jdbi();
        this.clock = requireNonNull(clock, "clock is null");
        this.random = requireNonNull(random, "random is null");
    }

    /** The key to sign with now. Makes one when there is none that is young enough. */
    Key current() {
        return youngEnough().orElseGet(this::loadOrMake);
    }

    /** The key of that id; one that another controller made is found by one read. */
    Optional<Key> find(String id) {
        Key key = known.get(id);
        if (key == null) {
            jdbi.useHandle(this::load);
            key = known.get(id);
        }
        return Optional.ofNullable(key);
    }

    private Optional<Key> youngEnough() {
        Instant oldest = clock.instant().minus(SIGNING_PERIOD);
        return known.values().stream()
                .filter(key -> key.createdAt().isAfter(oldest))
                .max((one, other) -> one.createdAt().compareTo(other.createdAt()));
    }

    private Key loadOrMake() {
        return jdbi.inTransaction(handle -> {
            // One controller makes the key while the others wait, so that a cluster starts with one key and not with
            // many.
            handle.execute("select pg_advisory_xact_lock(hashtext('sluice signing key'))");
            load(handle);
            return youngEnough().orElseGet(() -> make(handle));
        });
    }

    private Key make(Handle handle) {
        byte[] name = new byte[6];
        random.nextBytes(name);
        try {
            EllipticCurveJsonWebKey jwk = EcJwkGenerator.generateJwk(EllipticCurves.P256);
            jwk.setKeyId(HexFormat.of().formatHex(name));
            handle.createUpdate("insert into signing_key (id, jwk, created_at) values (:id, :jwk, :createdAt)")
                    .bind("id", jwk.getKeyId())
                    .bind("jwk", jwk.toJson(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE))
                    .bind("createdAt", clock.instant())
                    .execute();
        } catch (JoseException cause) {
            throw new IllegalStateException("this Java runtime cannot make a P-256 key", cause);
        }
        load(handle);
        return youngEnough().orElseThrow(() -> new IllegalStateException("the signing key just made is not there"));
    }

    private void load(Handle handle) {
        Map<String, Key> all = new HashMap<>();
        handle.createQuery("select id, jwk, created_at from signing_key")
                .map((row, context) -> parse(
                        row.getString("id"),
                        row.getString("jwk"),
                        row.getTimestamp("created_at").toInstant()))
                .forEach(key -> all.put(key.id(), key));
        known = Map.copyOf(all);
    }

    private static Key parse(String id, String json, Instant createdAt) {
        try {
            if (JsonWebKey.Factory.newJwk(json) instanceof EllipticCurveJsonWebKey jwk
                    && jwk.getPrivateKey() instanceof ECPrivateKey privateKey
                    && jwk.getPublicKey() instanceof ECPublicKey publicKey) {
                return new Key(id, privateKey, publicKey, createdAt);
            }
            throw new IllegalStateException(
                    "The signing key " + id + " in the database is no elliptic curve key pair.");
        } catch (JoseException cause) {
            throw new IllegalStateException("The signing key " + id + " in the database cannot be read.", cause);
        }
    }
}
