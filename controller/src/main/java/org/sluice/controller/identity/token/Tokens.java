package org.sluice.controller.identity.token;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwx.HeaderParameterNames;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.controller.http.Authenticator;
import org.sluice.controller.http.Json;
import org.sluice.controller.policy.Caller;
import org.sluice.controller.policy.Scope;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.controller.store.Database;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Issues and verifies tokens: JSON Web Signatures in compact form (RFC 7515), signed with ES256 (RFC 7518, section 3.4). A
 * token carries all that a request needs, and what it may have died of is kept in memory, so verifying one reads no
 * database; a hot token costs not even a signature check. A role that is given shows when the next token is issued; a user,
 * project, role or password that is gone takes its tokens along within seconds, on every controller that follows the change
 * feed. Thread-safe.
 */
public final class Tokens implements Authenticator, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Tokens.class);

    /** How long a token is good for where nobody says otherwise, as in OpenStack. */
    public static final Duration USUAL_LIFE = Duration.ofHours(1);

    /** What nobody may exceed: revocations and keys are kept for as long, because another controller's tokens may live longer. */
    public static final Duration LONGEST_LIFE = Duration.ofDays(1);

    /** How often a controller looks for revocations and keys that were not announced to it. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private static final Duration CLEANING = Duration.ofMinutes(10);

    private static final int CACHED_TOKENS = 10_000;
    /** Ours are about 450 characters long. Whatever is far longer is not ours, and not worth decoding. */
    private static final int LONGEST_TOKEN = 4_096;

    private static final AlgorithmConstraints ONLY_ES256 = new AlgorithmConstraints(
            AlgorithmConstraints.ConstraintType.PERMIT, AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);

    private final SigningKeys keys;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Duration life;
    private final Revocations revocations;
    private final Cache<String, Verified> verified =
            Caffeine.newBuilder().maximumSize(CACHED_TOKENS).build();
    private volatile boolean closed;
    private volatile @Nullable Thread follower;

    private record Verified(Token token, Caller caller) {}

    /** A token and the text that stands for it. */
    public record Issued(Token token, String text) {}

    /**
     * The payload; names are those of RFC 7519 and RFC 8176 where these have one. {@code rvp} and {@code rvs} are the marks,
     * the second only where it differs; a token of a controller before revocations has none, and dies of any.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Claims(
            String sub,
            String name,
            @Nullable String prj,
            @Nullable String prn,
            @Nullable String dom,
            @Nullable Boolean sys,
            List<String> roles,
            List<String> amr,
            List<String> jti,
            long iat,
            long exp,
            @Nullable Long rvp,
            @Nullable Long rvs) {}

    /**
     * Keys and revocations come from that database. What another controller revokes is not known here unless somebody
     * follows it: see {@link #following}.
     *
     * @param random for audit ids and key ids; must be fit for cryptography
     * @param life how long a token by password is good for, from a second to {@link #LONGEST_LIFE}
     */
    public Tokens(Database database, InstantSource clock, RandomGenerator random, Duration life) {
        if (life.toSeconds() < 1 || life.compareTo(LONGEST_LIFE) > 0) {
            throw new IllegalArgumentException("tokens cannot live for " + life);
        }
        this.life = life;
        this.keys = new SigningKeys(database, clock, random);
        this.clock = requireNonNull(clock, "clock is null");
        this.random = requireNonNull(random, "random is null");
        this.revocations = new Revocations(database, clock);
    }

    /**
     * Tokens that also follow what other controllers revoke, and the keys they make, as it is announced; and that look by
     * themselves every two seconds, and remove revocations and keys that are over from the database. Ends with {@link #close}.
     */
    public static Tokens following(
            Database database, ChangeFeed feed, InstantSource clock, RandomGenerator random, Duration life) {
        Tokens tokens = new Tokens(database, clock, random, life);
        tokens.follower = Thread.ofVirtual().name("token-revocations").start(() -> tokens.follow(feed));
        return tokens;
    }

    private void follow(ChangeFeed feed) {
        // Not at once: a clock that is hours ahead when a host starts would forget what it must remember when it is
        // set.
        long cleaned = System.nanoTime();
        while (!closed && !feed.isClosed()) {
            long mark = feed.mark(Revocations.TOPIC);
            try {
                revocations.refresh();
                keys.reload();
                if (System.nanoTime() - cleaned > CLEANING.toNanos()) {
                    cleaned = System.nanoTime();
                    revocations.deleteExpired();
                    keys.deleteExpired();
                }
                feed.await(Revocations.TOPIC, mark, LOOK);
            } catch (InterruptedException closing) {
                return;
            } catch (RuntimeException failure) {
                // Whatever it was: a controller that no longer follows would honour dead tokens for an hour.
                if (!closed) {
                    log.warn("the revocations could not be read; those known stay in force", failure);
                    pause();
                }
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException closing) {
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        Thread running = follower;
        if (running != null) {
            running.interrupt();
        }
    }

    /** The revocations, for those who change users, projects and roles. */
    public Revocations revocations() {
        return revocations;
    }

    @Override
    public Caller verify(String text) {
        return verified(text).caller();
    }

    /** Verifies a token and tells all it says; errors as {@link #verify}. */
    public Token read(String text) {
        return verified(text).token();
    }

    /** Issues a token to someone who has just proved who it is; {@code mark} was read before the account was. */
    public Issued issue(
            String userId, String userName, Scope scope, Set<String> roles, List<String> methods, long mark) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        return sign(new Token(
                userId,
                userName,
                scope,
                roles,
                methods,
                List.of(newAuditId()),
                now,
                now.plus(life),
                Token.Marks.of(mark)));
    }

    /**
     * Issues a token to the bearer of another one: it ends when that one ends, its audit chain begins there, and it dies of
     * whatever revokes the proof behind that one. {@code mark} was read before the roles were.
     */
    public Issued reissue(Token parent, Scope scope, Set<String> roles, long mark) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        List<String> methods = new ArrayList<>(parent.methods());
        if (!methods.contains("token")) {
            methods.add("token");
        }
        return sign(new Token(
                parent.userId(),
                parent.userName(),
                scope,
                roles,
                methods,
                List.of(newAuditId(), parent.auditIds().getLast()),
                now,
                parent.expiresAt(),
                new Token.Marks(parent.marks().proof(), mark)));
    }

    private Issued sign(Token token) {
        SigningKeys.Key key = keys.current();
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmHeaderValue(AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        signature.setKeyIdHeaderValue(key.id());
        signature.setKey(key.privateKey());
        signature.setPayload(Json.MAPPER.writeValueAsString(new Claims(
                token.userId(),
                token.userName(),
                token.scope() instanceof Scope.Project project ? project.id() : null,
                token.scope() instanceof Scope.Project project ? project.name() : null,
                token.scope() instanceof Scope.Domain domain ? domain.id() : null,
                token.scope() instanceof Scope.Cloud ? true : null,
                token.roles().stream().sorted().toList(),
                token.methods(),
                token.auditIds(),
                token.issuedAt().getEpochSecond(),
                token.expiresAt().getEpochSecond(),
                token.marks().proof(),
                token.marks().scope() == token.marks().proof()
                        ? null
                        : token.marks().scope())));
        try {
            String text = signature.getCompactSerialization();
            verified.put(text, new Verified(token, token.caller()));
            return new Issued(token, text);
        } catch (JoseException cause) {
            throw new IllegalStateException("the token could not be signed with key " + key.id(), cause);
        }
    }

    private Verified verified(String text) {
        Verified entry = verified.getIfPresent(requireNonNull(text, "text is null"));
        if (entry == null) {
            Token token = check(text);
            entry = new Verified(token, token.caller());
            verified.put(text, entry);
        }
        if (!clock.instant().isBefore(entry.token().expiresAt())) {
            verified.invalidate(text);
            throw unauthenticated(new IllegalArgumentException(
                    "the token expired at " + entry.token().expiresAt()));
        }
        if (revocations.isRevoked(entry.token())) {
            verified.invalidate(text);
            throw unauthenticated(new IllegalArgumentException("the token was revoked"));
        }
        return entry;
    }

    private Token check(String text) {
        if (text.length() > LONGEST_TOKEN) {
            throw unauthenticated(new IllegalArgumentException("the token has " + text.length() + " characters"));
        }
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmConstraints(ONLY_ES256);
        String keyId = keyIdOf(signature, text);
        SigningKeys.Key key = keys.find(keyId)
                .orElseThrow(() -> unauthenticated(
                        new IllegalArgumentException("the token was signed with the unknown key " + keyId)));
        return token(claims(signature, key));
    }

    private static String keyIdOf(JsonWebSignature signature, String text) {
        try {
            signature.setCompactSerialization(text);
            @Nullable Object keyId = signature.getHeaders().getObjectHeaderValue(HeaderParameterNames.KEY_ID);
            if (keyId instanceof String name && SigningKeys.isKeyId(name)) {
                return name;
            }
        } catch (JoseException | RuntimeException cause) {
            // The header is a stranger's, and the library casts its members without a look.
            throw unauthenticated(cause);
        }
        throw unauthenticated(new IllegalArgumentException("the token names no key that could be ours"));
    }

    private static Claims claims(JsonWebSignature signature, SigningKeys.Key key) {
        try {
            signature.setKey(key.publicKey());
            if (signature.verifySignature()) {
                return Json.MAPPER.readValue(signature.getPayload(), Claims.class);
            }
        } catch (JoseException | RuntimeException cause) {
            // As above: algorithm and critical headers are looked at here.
            throw unauthenticated(cause);
        }
        throw unauthenticated(new IllegalArgumentException("the token's signature is wrong"));
    }

    private static Token token(Claims claims) {
        long proof = claims.rvp() == null ? 0 : claims.rvp();
        return new Token(
                claims.sub(),
                claims.name(),
                scope(claims),
                Set.copyOf(claims.roles()),
                claims.amr(),
                claims.jti(),
                Instant.ofEpochSecond(claims.iat()),
                Instant.ofEpochSecond(claims.exp()),
                new Token.Marks(proof, claims.rvs() == null ? proof : claims.rvs()));
    }

    private static Scope scope(Claims claims) {
        if (claims.prj() != null && claims.prn() != null) {
            return new Scope.Project(claims.prj(), claims.prn());
        }
        if (claims.dom() != null) {
            return new Scope.Domain(claims.dom());
        }
        return claims.sys() != null && claims.sys() ? new Scope.Cloud() : new Scope.Nothing();
    }

    private String newAuditId() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The reply tells a stranger nothing about why; the cause does, to whoever debugs. */
    public static ProblemException unauthenticated(Throwable cause) {
        return new ProblemException(UNAUTHENTICATED, cause);
    }

    /** OpenStack's one sentence for every failed authentication. */
    public static final Problem UNAUTHENTICATED = Problem.of(
            Problem.Kind.UNAUTHENTICATED, "Unauthorized", "The request you have made requires authentication.");
}
