package org.sluice.controller.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.password4j.BcryptFunction;
import com.password4j.Password;
import com.password4j.types.Bcrypt;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Hashes and checks passwords with bcrypt. A password that was right a moment ago is recognised by an HMAC under a key
 * that only this process has, so that a client that logs in for every command does not pay bcrypt every time; wrong ones
 * always pay. See docs/decisions/0006-passwords-and-tokens.md. Thread-safe.
 */
public final class Passwords {
    /** 2^10 rounds, the least that OWASP advises; about 100 ms of one core here. */
    private static final int COST = 10;

    private static final int REMEMBERED_PROOFS = 10_000;
    private static final int CHECKS_AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    /** Of a text that is no Base64 digest, which is all that we ever hash; so nothing fits it. */
    private static final String NOBODYS_HASH = "$2b$10$hpEqjpEGpVG0ZtUgNLlYSuqhL1XriL/BUY0axnd/ZzN2DnsBua8PW";

    private final BcryptFunction bcrypt = BcryptFunction.getInstance(Bcrypt.B, COST);
    private final SecretKeySpec processKey;
    private final BoundedCache<String, Boolean> proofs = new BoundedCache<>(REMEMBERED_PROOFS);
    /** Guessing passwords must not take every core away from callers who have a token. */
    private final Semaphore checks = new Semaphore(CHECKS_AT_ONCE);

    /** {@code random} makes the key of this process's proofs; it must be fit for cryptography. */
    public Passwords(RandomGenerator random) {
        byte[] key = new byte[32];
        random.nextBytes(key);
        this.processKey = new SecretKeySpec(key, "HmacSHA256");
    }

    /** The text to store for a password: bcrypt's own format, salt and cost included. */
    String hash(String password) {
        return Password.hash(digest(password)).with(bcrypt).getResult();
    }

    /** Whether the password is the one that was hashed. */
    boolean matches(String password, String hash) {
        String proof = proof(password, hash);
        if (proofs.get(proof).isPresent()) {
            return true;
        }
        checks.acquireUninterruptibly();
        try {
            if (!Password.check(digest(password), hash).with(bcrypt)) {
                return false;
            }
        } finally {
            checks.release();
        }
        proofs.put(proof, true);
        return true;
    }

    /** Takes as long as a wrong password for a user that exists, so that the time does not tell which users do. */
    void refuseSlowly(String password) {
        if (matches(password, NOBODYS_HASH)) {
            throw new IllegalStateException("a password fits the hash that no password has");
        }
    }

    /** bcrypt takes 72 bytes and stops at a zero byte; a digest in Base64 makes every byte of a long password count. */
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
