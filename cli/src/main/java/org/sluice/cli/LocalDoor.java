package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.sluice.controller.http.Authenticator;
import org.sluice.controller.policy.Caller;

/**
 * The way in for {@code up}, which made the secret and told it to its controller alone: whatever becomes of the user
 * {@code admin}, its password or its project, {@code up} can say what hosts it brought along. Every other token goes the
 * usual way. Thread-safe.
 */
final class LocalDoor implements Authenticator {
    private static final int SECRET_BYTES = 32;

    private final Authenticator tokens;
    private final byte[] secret;
    private final Caller caller;

    /**
     * A door before the tokens.
     *
     * @param secret of {@link #newSecret}
     * @param caller as whom it lets in
     */
    LocalDoor(Authenticator tokens, String secret, Caller caller) {
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.secret = secret.getBytes(UTF_8);
        this.caller = requireNonNull(caller, "caller is null");
    }

    /** A secret that nobody guesses: 256 random bits. */
    static String newSecret() {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    @Override
    public Caller verify(String token) {
        // Constant in time, so that nobody finds it digit by digit.
        return MessageDigest.isEqual(secret, token.getBytes(UTF_8)) ? caller : tokens.verify(token);
    }
}
