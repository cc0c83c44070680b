package org.sluice.controller.identity;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.http.Authenticator;
import org.sluice.controller.http.Caller;
import org.sluice.controller.http.Json;
import org.sluice.controller.store.Database;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.core.JacksonException;

/**
 * Issues and verifies tokens: JSON Web Signatures in compact form (RFC 7515), signed with ES256 (RFC 7518, section 3.4). A
 * token carries all that a request needs, so verifying one reads no database; a hot token costs not even a signature check.
 * The price: a change of roles shows when the next token is issued. Thread-safe.
 */
public final class Tokens implements Authenticator {
    /** How long a token is good for, as in OpenStack. */
    public static final Duration LIFETIME = Duration.ofHours(1);

    private static final int CACHED_TOKENS = 10_000;
    /** Ours are about 450 characters long. Whatever is far longer is not ours, and not worth decoding. */
    private static final int LONGEST_TOKEN = 4_096;

    private static final AlgorithmConstraints ONLY_ES256 = new AlgorithmConstraints(
            AlgorithmConstraints.ConstraintType.PERMIT, AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);

    private final SigningKeys keys;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final BoundedCache<String, Verified> verified = new BoundedCache<>(CACHED_TOKENS);

    private record Verified(Token token, Caller caller) {}

    /** A token and the text that stands for it. */
    record Issued(Token token, String text) {}

    /** The payload; names are those of RFC 7519 and RFC 8176 where these have one. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Claims(
            String sub,
            String name,
            @Nullable String prj,
            @Nullable String prn,
            List<String> roles,
            List<String> amr,
            List<String> jti,
            long iat,
            long exp) {}

    /**
     * Keys come from that database.
     *
     * @param random for audit ids and key ids; must be fit for cryptography
     */
    public Tokens(Database database, InstantSource clock, RandomGenerator random) {
        this.keys = new SigningKeys(database, clock, random);
        this.clock = requireNonNull(clock, "clock is null");
        this.random = requireNonNull(random, "random is null");
    }

    @Override
    public Caller verify(String text) {
        return verified(text).caller();
    }

    /** Verifies a token and tells all it says; errors as {@link #verify}. */
    Token read(String text) {
        return verified(text).token();
    }

    /** Issues a token to someone who has just proved who it is. */
    Issued issue(
            String userId, String userName, Optional<Token.Scope> project, Set<String> roles, List<String> methods) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        return sign(
                new Token(userId, userName, project, roles, methods, List.of(newAuditId()), now, now.plus(LIFETIME)));
    }

    /** Issues a token to the bearer of another one: it ends when that one ends, and its audit chain begins there. */
    Issued reissue(Token parent, Optional<Token.Scope> project, Set<String> roles) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        List<String> methods = new ArrayList<>(parent.methods());
        if (!methods.contains("token")) {
            methods.add("token");
        }
        return sign(new Token(
                parent.userId(),
                parent.userName(),
                project,
                roles,
                methods,
                List.of(newAuditId(), parent.auditIds().getLast()),
                now,
                parent.expiresAt()));
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
                token.project().map(Token.Scope::id).orElse(null),
                token.project().map(Token.Scope::name).orElse(null),
                token.roles().stream().sorted().toList(),
                token.methods(),
                token.auditIds(),
                token.issuedAt().getEpochSecond(),
                token.expiresAt().getEpochSecond())));
        try {
            String text = signature.getCompactSerialization();
            verified.put(text, new Verified(token, token.caller()));
            return new Issued(token, text);
        } catch (JoseException cause) {
            throw new IllegalStateException("the token could not be signed with key " + key.id(), cause);
        }
    }

    private Verified verified(String text) {
        Verified entry = verified.get(requireNonNull(text, "text is null")).orElse(null);
        if (entry == null) {
            Token token = check(text);
            entry = new Verified(token, token.caller());
            verified.put(text, entry);
        }
        if (!clock.instant().isBefore(entry.token().expiresAt())) {
            verified.remove(text);
            throw unauthenticated(new IllegalArgumentException(
                    "the token expired at " + entry.token().expiresAt()));
        }
        return entry;
    }

    private Token check(String text) {
        if (text.length() > LONGEST_TOKEN) {
            throw unauthenticated(new IllegalArgumentException("the token has " + text.length() + " characters"));
        }
        try {
            JsonWebSignature signature = new JsonWebSignature();
            signature.setAlgorithmConstraints(ONLY_ES256);
            signature.setCompactSerialization(text);
            @Nullable String keyId = signature.getKeyIdHeaderValue();
            if (keyId == null) {
                throw unauthenticated(new IllegalArgumentException("the token names no key"));
            }
            SigningKeys.Key key = keys.find(keyId)
                    .orElseThrow(() -> unauthenticated(
                            new IllegalArgumentException("the token was signed with the unknown key " + keyId)));
            signature.setKey(key.publicKey());
            if (!signature.verifySignature()) {
                throw unauthenticated(new IllegalArgumentException("the token's signature is wrong"));
            }
            return token(Json.MAPPER.readValue(signature.getPayload(), Claims.class));
        } catch (JoseException | JacksonException cause) {
            throw unauthenticated(cause);
        }
    }

    private static Token token(Claims claims) {
        Optional<Token.Scope> scope = claims.prj() == null || claims.prn() == null
                ? Optional.empty()
                : Optional.of(new Token.Scope(claims.prj(), claims.prn()));
        return new Token(
                claims.sub(),
                claims.name(),
                scope,
                Set.copyOf(claims.roles()),
                claims.amr(),
                claims.jti(),
                Instant.ofEpochSecond(claims.iat()),
                Instant.ofEpochSecond(claims.exp()));
    }

    private String newAuditId() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The reply tells a stranger nothing about why; the cause does, to whoever debugs. */
    static ProblemException unauthenticated(Throwable cause) {
        return new ProblemException(UNAUTHENTICATED, cause);
    }

    /** OpenStack's one sentence for every failed authentication. */
    static final Problem UNAUTHENTICATED = Problem.of(
            Problem.Kind.UNAUTHENTICATED, "Unauthorized", "The request you have made requires authentication.");
}
