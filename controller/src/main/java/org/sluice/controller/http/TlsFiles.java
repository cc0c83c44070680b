package org.sluice.controller.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.helidon.common.tls.Tls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.model.FileFailure;

/**
 * The certificate of a listener and its key, in two PEM files that may be replaced while it runs: connections that come later
 * get the new certificate. Thread-safe.
 */
public final class TlsFiles {
    private static final Logger log = LoggerFactory.getLogger(TlsFiles.class);
    /** Between two looks at the files. */
    private static final Duration LOOK = Duration.ofSeconds(10);

    private static final long LARGEST = 1 << 20;
    private static final byte[] PROBE = "sluice".getBytes(US_ASCII);

    private final Path certificate;
    private final Path key;
    private final Pair first;
    private final Tls tls;
    private volatile boolean current = true;

    /** What the files held at one time. */
    private record Content(String certificate, String key) {}

    /** A certificate with those that vouch for it, and its key. */
    private record Pair(Content content, List<X509Certificate> chain, PrivateKey key) {
        Tls tls() {
            return Tls.builder()
                    .privateKey(key)
                    .privateKeyCertChain(chain)
                    // Helidon exchanges the key of a Tls only together with whom it trusts; nobody shows certificates
                    // here.
                    .trust(chain)
                    .enabledProtocols(List.of("TLSv1.3", "TLSv1.2"))
                    .build();
        }
    }

    private TlsFiles(Path certificate, Path key, Pair first) {
        this.certificate = certificate;
        this.key = key;
        this.first = first;
        this.tls = first.tls();
    }

    /**
     * Reads the files.
     *
     * @param certificate PEM: the certificate, then those that vouch for it
     * @param key PEM: its private key as PKCS#8, SEC 1 (EC) or PKCS#1 (RSA), without a password
     * @throws IllegalArgumentException with a sentence when they are not such files or do not belong together
     */
    public static TlsFiles read(Path certificate, Path key) {
        requireNonNull(certificate, "certificate is null");
        requireNonNull(key, "key is null");
        return new TlsFiles(certificate, key, pair(content(certificate, key), certificate, key));
    }

    /** What the listener is built with. */
    public Tls tls() {
        return tls;
    }

    /** The certificate's file, if its chain ends in one that vouches for itself: clients must be told to trust it. */
    public Optional<Path> ownAuthority() {
        X509Certificate last = first.chain().getLast();
        return last.getSubjectX500Principal().equals(last.getIssuerX500Principal())
                ? Optional.of(certificate)
                : Optional.empty();
    }

    /** Whether the certificate in force is the one in the files, as far as it is followed; false when that is no good. */
    public boolean isCurrent() {
        return current;
    }

    /** Follows changes of the files until it is closed; a replacement that is no good is logged once, and the old one stays. */
    public AutoCloseable follow() {
        return follow(LOOK);
    }

    AutoCloseable follow(Duration look) {
        Thread follower = Thread.ofVirtual().name("TLS files").start(() -> {
            Content inForce = first.content();
            Content seen = inForce;
            Content refused = inForce;
            while (true) {
                try {
                    Thread.sleep(look);
                } catch (InterruptedException closed) {
                    return;
                }
                try {
                    Content now = content(certificate, key);
                    // Certificate and key are two files: whoever replaces them is done when they stay as they are.
                    boolean settled = now.equals(seen);
                    seen = now;
                    if (now.equals(inForce)) {
                        refused = inForce;
                        current = true;
                        continue;
                    }
                    if (!settled || now.equals(refused)) {
                        continue;
                    }
                    refused = now;
                    tls.reload(pair(now, certificate, key).tls());
                    inForce = now;
                    current = true;
                    log.info("the certificate in {} is in force for new connections", certificate);
                } catch (RuntimeException bad) {
                    current = false;
                    Content missing = new Content("", "");
                    if (!(bad instanceof Unreadable)) {
                        log.error("the certificate that was in force stays: {}", bad.getMessage());
                    } else if (!seen.equals(missing)) {
                        seen = missing;
                        log.error("the certificate that was in force stays: {}", bad.getMessage());
                    }
                }
            }
        });
        return follower::interrupt;
    }

    /** A file that is not there, or not ours to read. */
    private static final class Unreadable extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        private Unreadable(String sentence, IOException cause) {
            super(sentence, cause);
        }
    }

    private static Content content(Path certificate, Path key) {
        return new Content(text("certificate", certificate), text("private key", key));
    }

    private static String text(String what, Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new IllegalArgumentException(
                        "The file of the TLS " + what + ", " + file + ", is larger than 1 MiB.");
            }
            return Files.readString(file, ISO_8859_1);
        } catch (IOException unreadable) {
            throw new Unreadable(
                    "The TLS " + what + " " + file + " cannot be read: " + FileFailure.reason(unreadable) + ".",
                    unreadable);
        }
    }

    private static Pair pair(Content content, Path certificateFile, Path keyFile) {
        List<X509Certificate> chain = chain(content.certificate(), certificateFile);
        PrivateKey key = key(content.key(), keyFile);
        if (!belongTogether(chain.getFirst().getPublicKey(), key)) {
            throw new IllegalArgumentException(
                    "The private key in " + keyFile + " is not that of the first certificate in " + certificateFile
                            + "; give the key with which it was requested.");
        }
        return new Pair(content, chain, key);
    }

    private static List<X509Certificate> chain(String pem, Path file) {
        try {
            List<X509Certificate> chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(ISO_8859_1)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (!chain.isEmpty()) {
                return chain;
            }
        } catch (GeneralSecurityException malformed) {
            throw new IllegalArgumentException(
                    "The file " + file + " holds no PEM certificates that can be read: " + malformed.getMessage() + ".",
                    malformed);
        }
        throw new IllegalArgumentException(
                "The file " + file + " holds no certificate; it must be PEM, BEGIN CERTIFICATE.");
    }

    private static PrivateKey key(String pem, Path file) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (@Nullable Object found = parser.readObject(); found != null; found = parser.readObject()) {
                switch (found) {
                    case PrivateKeyInfo info -> {
                        return key(info);
                    }
                    case PEMKeyPair pair -> {
                        return key(pair.getPrivateKeyInfo());
                    }
                    case PEMEncryptedKeyPair _, PKCS8EncryptedPrivateKeyInfo _ ->
                        throw new IllegalArgumentException("The private key in " + file
                                + " is locked by a password; give it without one, readable by the controller only.");
                    // "openssl ecparam -genkey" writes the curve before the key.
                    default -> {}
                }
            }
        } catch (IOException | GeneralSecurityException malformed) {
            throw new IllegalArgumentException(
                    "The file " + file + " holds no private key that can be read: " + malformed.getMessage() + ".",
                    malformed);
        }
        throw new IllegalArgumentException(
                "The file " + file + " holds no private key; it must be PEM: PKCS#8, EC or RSA.");
    }

    private static PrivateKey key(PrivateKeyInfo info) throws IOException, GeneralSecurityException {
        String algorithm = switch (info.getPrivateKeyAlgorithm().getAlgorithm().getId()) {
            case "1.2.840.113549.1.1.1" -> "RSA";
            case "1.2.840.10045.2.1" -> "EC";
            case "1.3.101.112", "1.3.101.113" -> "EdDSA";
            default ->
                throw new GeneralSecurityException("its algorithm "
                        + info.getPrivateKeyAlgorithm().getAlgorithm().getId() + " is neither RSA nor EC nor EdDSA");
        };
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
    }

    private static boolean belongTogether(PublicKey certified, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(PROBE);
            byte[] signature = signer.sign();
            signer.initVerify(certified);
            signer.update(PROBE);
            return signer.verify(signature);
        } catch (GeneralSecurityException differentKinds) {
            return false;
        }
    }
}
