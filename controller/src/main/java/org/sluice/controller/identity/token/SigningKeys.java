package org.sluice.controller.identity.token;

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
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.EllipticCurveJsonWebKey;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;

/**
 * The P-256 keys that tokens are signed with (RFC 7518, section 3.4). They live in the database, so that every controller
 * verifies what any of them signed. A key signs for {@link #SIGNING_PERIOD}; it verifies until the tokens it signed are
 * over, and not longer: an old backup may be anywhere. A key id that nobody knows costs one read a second, however many tokens
 * are forged with it. Thread-safe.
 */
final class SigningKeys {
    /** How long one key signs before the next is made. */
    static final Duration SIGNING_PERIOD = Duration.ofDays(30);

    /** How soon the keys are read again after they were; a key of another controller comes by the change feed before that. */
    private static final Duration BETWEEN_READS = Duration.ofSeconds(1);

    /** How old a key is when the last token that it signed has ended, on every controller's clock. */
    private static final Duration VERIFYING_PERIOD =
            SIGNING_PERIOD.plus(Tokens.LONGEST_LIFE).plus(Revocations.SLACK);

    private static final Pattern KEY_ID = Pattern.compile("[0-9a-f]{12}");

    /** One key pair. */
    record Key(String id, ECPrivateKey privateKey, ECPublicKey publicKey, Instant createdAt) {}

    private final Jdbi jdbi;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Map<String, Key> known = Map.of();
    private volatile Instant readAt = Instant.MIN;

    SigningKeys(Database database, InstantSource clock, RandomGenerator random) {
        this.jdbi = requireNonNull(database, "database is null").jdbi();
        this.clock = requireNonNull(clock, "clock is null");
        this.random = requireNonNull(random, "random is null");
    }

    /** The key to sign with now. Makes one when there is none that is young enough. */
    Key current() {
        return youngEnough().orElseGet(this::loadOrMake);
    }

    /** Whether this could be the id of a key of ours. */
    static boolean isKeyId(String text) {
        return KEY_ID.matcher(text).matches();
    }

    /**
     * The key of that id, unless it is too old for any token that has not ended; one that another controller made is found by a
     * read, unless there was one a moment ago.
     */
    Optional<Key> find(String id) {
        Key key = known.get(id);
        if (key == null && mayReadAgain()) {
            readUnlessRead();
            key = known.get(id);
        }
        return Optional.ofNullable(key).filter(found -> found.createdAt().isAfter(oldest()));
    }

    private Instant oldest() {
        return clock.instant().minus(VERIFYING_PERIOD);
    }

    /** Deletes the keys of which every token has ended. Leaves all others alone, also those that sign no more. */
    void deleteExpired() {
        jdbi.useHandle(handle -> handle.createUpdate("delete from signing_key where created_at <= :oldest")
                .bind("oldest", oldest())
                .execute());
    }

    private boolean mayReadAgain() {
        return !clock.instant().isBefore(readAt.plus(BETWEEN_READS));
    }

    /** Of many who find a key missing one reads; the others wait for it. */
    private void readUnlessRead() {
        reading.lock();
        try {
            if (mayReadAgain()) {
                jdbi.useHandle(this::load);
            }
        } finally {
            reading.unlock();
        }
    }

    /** Reads the keys when another controller has made one. */
    void reload() {
        jdbi.useHandle(this::load);
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
            ChangeFeed.announce(handle, Revocations.TOPIC);
        } catch (JoseException cause) {
            throw new IllegalStateException("this Java runtime cannot make a P-256 key", cause);
        }
        load(handle);
        return youngEnough().orElseThrow(() -> new IllegalStateException("the signing key just made is not there"));
    }

    private void load(Handle handle) {
        Map<String, Key> all = new HashMap<>();
        handle.createQuery("select id, jwk, created_at from signing_key where created_at > :oldest")
                .bind("oldest", oldest())
                .map((row, context) -> {
                    Key before = known.get(row.getString("id"));
                    return before != null
                            ? before
                            : parse(
                                    row.getString("id"),
                                    row.getString("jwk"),
                                    row.getTimestamp("created_at").toInstant());
                })
                .forEach(key -> all.put(key.id(), key));
        known = Map.copyOf(all);
        readAt = clock.instant();
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
