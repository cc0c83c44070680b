package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an operator carries from a controller to a new host: a secret that can be spent once, and the fingerprint of the
 * cluster's certificate authority, so that the agent knows whom it talks to before it sends the secret.
 *
 * @param secret 32 random bytes in Base64 for URLs, 43 characters
 * @param authorityFingerprint SHA-256 of the authority's certificate (DER), 64 lower-case hexadecimal digits
 */
public record JoinToken(String secret, String authorityFingerprint) {
    private static final Pattern TEXT = Pattern.compile("([A-Za-z0-9_-]{43})\\.([0-9a-f]{64})");

    public JoinToken {
        requireNonNull(secret, "secret is null");
        requireNonNull(authorityFingerprint, "authorityFingerprint is null");
    }

    /**
     * Reads what {@link #text} wrote; blanks around it do no harm.
     *
     * @throws IllegalArgumentException if it is no join token
     */
    public static JoinToken parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("The join token is not complete: it has 43 characters, a dot, and 64"
                    + " hexadecimal digits. Copy it again as the controller printed it.");
        }
        return new JoinToken(matcher.group(1), matcher.group(2));
    }

    /** SHA-256 of a certificate (DER), 64 lower-case hexadecimal digits: what the second half of a token is compared with. */
    public static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException cause) {
            throw new IllegalArgumentException("the certificate cannot be digested", cause);
        }
    }

    /** The form that people carry: {@code SECRET.FINGERPRINT}. */
    public String text() {
        return secret + "." + authorityFingerprint;
    }

    /** Leaves the secret out, so that no log has it. */
    @Override
    public String toString() {
        return "JoinToken[" + authorityFingerprint + "]";
    }
}
