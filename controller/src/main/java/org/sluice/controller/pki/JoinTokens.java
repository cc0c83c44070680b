package org.sluice.controller.pki;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.http.list.Window;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.protocol.JoinToken;

/**
 * One-time tokens with which hosts join. The database keeps only a digest of the secret; the secret has 256 random bits, so
 * a fast digest is enough. Thread-safe.
 */
public final class JoinTokens {
    private static final String ISSUED = """
            select t.secret_hash, t.created_at, t.expires_at, t.used_at, h.name
            from join_token t left join host h on h.id = t.host_id
            """;

    /** How long a token that is over is still listed, and told from one that never was. */
    private static final Duration REMEMBERED = Duration.ofDays(7);

    private final CertificateAuthority authority;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** {@code random} must be fit for cryptography. */
    public JoinTokens(CertificateAuthority authority, InstantSource clock, RandomGenerator random) {
        this.authority = requireNonNull(authority, "authority is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.random = requireNonNull(random, "random is null");
    }

    /** Makes a token that one new host may spend within that time. Nobody can read it again later. */
    public JoinToken issue(Handle handle, Duration validity) {
        return issue(handle, validity, Optional.empty());
    }

    /**
     * Makes a token for the host of one name.
     *
     * @param host only a host of that name may spend it, also one that is a member and lost its identity: it stays the
     *     host it is and gets a new certificate; empty is for a new host of any name
     */
    public JoinToken issue(Handle handle, Duration validity, Optional<String> host) {
        String secret = secret();
        Instant now = clock.instant();
        handle.createUpdate("insert into join_token (secret_hash, created_at, expires_at, for_host)"
                        + " values (:hash, :createdAt, :expiresAt, :host)")
                .bind("hash", digest(secret.getBytes(StandardCharsets.US_ASCII)))
                .bind("createdAt", now)
                .bind("expiresAt", now.plus(validity))
                .bind("host", host.orElse(null))
                .execute();
        return new JoinToken(secret, authority.fingerprint());
    }

    /**
     * A token as the operator may see it afterwards.
     *
     * @param id digest of its secret, which is of no use for joining
     * @param usedAt when a host was made with it
     * @param host name of that host, as long as it is there
     */
    public record Issued(
            String id, Instant createdAt, Instant expiresAt, Optional<Instant> usedAt, Optional<String> host) {}

    /** What {@link #list} and {@link #revoke} call that token. */
    public static String id(JoinToken token) {
        return digest(token.secret().getBytes(StandardCharsets.US_ASCII));
    }

    /** That token; it must be there. */
    public Issued show(Handle handle, JoinToken token) {
        return find(handle, id(token)).orElseThrow();
    }

    /** The token of that id. */
    public Optional<Issued> find(Handle handle, String id) {
        return handle.createQuery(ISSUED + "where t.secret_hash = :id")
                .bind("id", id)
                .map((row, _) -> issued(row))
                .findOne();
    }

    /** Tokens as a list's window has them; {@code t.secret_hash} is the id. */
    public List<Issued> list(Handle handle, Window window) {
        return window.list(handle.createQuery(ISSUED + "where true" + window.sql()), (row, _) -> issued(row));
    }

    private static Issued issued(ResultSet row) throws SQLException {
        return new Issued(
                row.getString("secret_hash"),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("expires_at").toInstant(),
                Optional.ofNullable(row.getTimestamp("used_at")).map(Timestamp::toInstant),
                Optional.ofNullable(row.getString("name")));
    }

    /**
     * Makes a token void. The host that was made with it stays.
     *
     * @throws org.sluice.model.ProblemException 404 when there is no such token
     */
    public void revoke(Handle handle, String id) {
        int revoked = handle.createUpdate("delete from join_token where secret_hash = :id")
                .bind("id", id)
                .execute();
        if (revoked == 0) {
            throw Problem.of(Problem.Kind.NOT_FOUND, "JoinTokenNotFound", "There is no join token '" + id + "'.")
                    .asException();
        }
    }

    /**
     * Deletes tokens that expired a week ago or longer, spent or not. Leaves the hosts that were made with them.
     *
     * @param most how many at most
     * @return how many
     */
    public int deleteExpired(Handle handle, int most) {
        return handle.createUpdate("""
                        delete from join_token where secret_hash in (
                            select secret_hash from join_token where expires_at < :then limit :most for update skip locked)""")
                .bind("then", clock.instant().minus(REMEMBERED))
                .bind("most", most)
                .execute();
    }

    /** Begins with no hyphen, so that no command line takes {@code --join -hX...} for an option. */
    private String secret() {
        byte[] bytes = new byte[32];
        String secret;
        do {
            random.nextBytes(bytes);
            secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        } while (secret.startsWith("-"));
        return secret;
    }

    /**
     * Spends a token, within the caller's transaction. A token that the same key has spent before is taken again until it
     * expires: the agent that asks is the one that got the host, and lost the answer.
     *
     * @param hostname who spends it
     * @return what the token is good for
     * @throws org.sluice.model.ProblemException 401 when the token is unknown or expired, 409 when another key spent it
     *     or it is for another host
     */
    Spent spend(Handle handle, String secret, String keyHash, String hostname) {
        Instant now = clock.instant();
        Spending spending = handle.createQuery(
                        "select expires_at, used_at is not null as used, host_id, key_hash, for_host"
                                + " from join_token where secret_hash = :hash for update")
                .bind("hash", digest(secret.getBytes(StandardCharsets.UTF_8)))
                .map((row, context) -> new Spending(
                        row.getTimestamp("expires_at").toInstant(),
                        row.getBoolean("used"),
                        Optional.ofNullable(row.getObject("host_id", UUID.class))
                                .map(HostId::new),
                        Optional.ofNullable(row.getString("key_hash")),
                        Optional.ofNullable(row.getString("for_host"))))
                .findOne()
                .orElseThrow(() -> Problem.of(
                                Problem.Kind.UNAUTHENTICATED,
                                "JoinTokenUnknown",
                                "The join token is not one of this cluster. Ask the operator for a new one.")
                        .asException());
        if (!now.isBefore(spending.expiresAt())) {
            throw Problem.of(
                            Problem.Kind.UNAUTHENTICATED,
                            "JoinTokenExpired",
                            "The join token expired at " + spending.expiresAt() + ". Ask the operator for a new one.")
                    .asException();
        }
        if (spending.forHost().isPresent() && !spending.forHost().get().equals(hostname)) {
            throw Problem.of(
                            Problem.Kind.CONFLICT,
                            "JoinTokenOfAnother",
                            "The join token is for the host '"
                                    + spending.forHost().get() + "' and not for '" + hostname
                                    + "'. Ask the operator for one of your own. It was not spent.")
                    .asException();
        }
        if (!spending.used()) {
            handle.createUpdate("update join_token set used_at = :now, key_hash = :key where secret_hash = :hash")
                    .bind("now", now)
                    .bind("key", keyHash)
                    .bind("hash", digest(secret.getBytes(StandardCharsets.UTF_8)))
                    .execute();
            return new Spent(Optional.empty(), spending.forHost().isPresent());
        }
        if (spending.host().isPresent() && spending.keyHash().equals(Optional.of(keyHash))) {
            return new Spent(spending.host(), false);
        }
        throw Problem.of(
                        Problem.Kind.CONFLICT,
                        "JoinTokenSpent",
                        "The join token has been spent already; each serves one host. Ask the operator for a new one.")
                .asException();
    }

    /** Notes which host a token was spent for; the host's row must exist. */
    void attribute(Handle handle, String secret, HostId host) {
        handle.createUpdate("update join_token set host_id = :host where secret_hash = :hash")
                .bind("host", host.value())
                .bind("hash", digest(secret.getBytes(StandardCharsets.UTF_8)))
                .execute();
    }

    static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException cause) {
            throw new IllegalStateException("this Java runtime has no SHA-256", cause);
        }
    }

    /**
     * What a spent token is good for.
     *
     * @param host the host that it was spent for before, by the same key; the caller finds or makes the host otherwise
     * @param mayReplace whether a member of that name may be given to whoever spent it
     */
    record Spent(Optional<HostId> host, boolean mayReplace) {}

    private record Spending(
            Instant expiresAt,
            boolean used,
            Optional<HostId> host,
            Optional<String> keyHash,
            Optional<String> forHost) {}
}
