package org.sluice.controller.identity.password;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.password4j.Argon2Function;
import com.password4j.BcryptFunction;
import com.password4j.Password;
import com.password4j.types.Argon2;
import com.password4j.types.Bcrypt;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Hashes and checks passwords with Argon2id (RFC 9106); hashes of bcrypt, which this program made before, are still checked.
 * A password that was right a moment ago is recognised by an HMAC under a key that only this process has, so that a client
 * that logs in for every command does not pay for the hash every time; wrong ones always pay. How many are computed at once
 * is {@link PasswordChecks}' business. See docs/decisions/0006-passwords-and-tokens.md. Thread-safe.
 */
public final class Passwords {
    /** OWASP's smallest advice, 19 MiB and two passes; about 50 ms of one core here. */
    private static final int MEMORY_KIBIBYTES = 19_456;

    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    /** What one computation takes from the heap. */
    static final long MEMORY_BYTES = MEMORY_KIBIBYTES * 1_024L;

    private static final int REMEMBERED_PROOFS = 10_000;

    /** Salt and digest are random, so that no password is known that fits. */
    private static final String NOBODYS_HASH =
            "$argon2id$v=19$m=19456,t=2,p=1$ZJL7hYN0+Ba97vjmnG93ww$tSe5fXc5NQ1kaW/IOwW4oXypwLCUI+QT2ySQna5bA98";

    private static final String BCRYPT = "$2";
    private static final int BCRYPT_COST = 10;

    private final Argon2Function argon2 =
            Argon2Function.getInstance(MEMORY_KIBIBYTES, PASSES, LANES, HASH_BYTES, Argon2.ID);
    private final BcryptFunction bcrypt = BcryptFunction.getInstance(Bcrypt.B, BCRYPT_COST);
    private final SecretKeySpec processKey;
    private final Cache<String, Boolean> proofs =
            Caffeine.newBuilder().maximumSize(REMEMBERED_PROOFS).build();

    /** {@code random} makes the key of this process's proofs; it must be fit for cryptography. */
    public Passwords(RandomGenerator random) {
        byte[] key = new byte[32];
        random.nextBytes(key);
        this.processKey = new SecretKeySpec(key, "HmacSHA256");
    }

    /** The text to store for a password, salt and costs included: {@code $argon2id$v=19$m=19456,t=2,p=1$SALT$DIGEST}. */
    public String hash(String password) {
        return Password.hash(password).addRandomSalt(SALT_BYTES).with(argon2).getResult();
    }

    /** Whether the password was found right for that hash by this process before; costs microseconds. */
    boolean remembers(String password, String hash) {
        return proofs.getIfPresent(proof(password, hash)) != null;
    }

    /** Whether the password is the one that was hashed. */
    public boolean matches(String password, String hash) {
        if (remembers(password, hash)) {
            return true;
        }
        boolean right = isOutdated(hash)
                ? Password.check(digest(password), hash).with(bcrypt)
                : Password.check(password, hash).with(argon2);
        if (right) {
            proofs.put(proof(password, hash), true);
        }
        return right;
    }

    /** Whether the hash should be replaced as soon as its password is known. */
    boolean isOutdated(String hash) {
        return hash.startsWith(BCRYPT);
    }

    /** A hash that no password fits, to take as long for a user that does not exist as for one that does. */
    String nobodysHash() {
        return NOBODYS_HASH;
    }

    /** What bcrypt was given: it takes 72 bytes and stops at a zero byte, and a digest in Base64 made every byte count. */
    private static String digest(String password) {
        try {
            byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(password.getBytes(UTF_8));
            return Base64.getEncoder().encodeToString(sha256);
        } catch (GeneralSecurityException cause) {
            throw new IllegalStateException("this Java runtime has no SHA-256", cause);
        }
    }

    /** The hash is part of the proof: after a change of the password no old proof fits. */
    private String proof(String password, String hash) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(processKey);
            mac.update(hash.getBytes(UTF_8));
            mac.update((byte) 0);
            mac.update(password.getBytes(UTF_8));
            return Base64.getEncoder().encodeToString(mac.doFinal());
        } catch (GeneralSecurityException cause) {
            throw new IllegalStateException("this Java runtime has no HmacSHA256", cause);
        }
    }
}
