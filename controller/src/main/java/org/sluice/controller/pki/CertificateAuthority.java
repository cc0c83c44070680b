package org.sluice.controller.pki;

import static java.util.Objects.requireNonNull;

import io.helidon.common.tls.Tls;
import io.helidon.common.tls.TlsClientAuth;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.protocol.JoinToken;

/**
 * The one certificate authority of a cluster (X.509, RFC 5280; P-256 keys). It is made by whoever opens an empty database
 * first, and kept there with its private key: whoever can read the database is the cluster. Thread-safe.
 *
 * <p>Names: agents are {@code CN=<host id>,OU=host,O=Sluice}, controllers {@code CN=controller,OU=controller,O=Sluice}. The
 * extended key usage keeps the two apart: no agent's certificate serves, no controller's certificate is a client.
 */
public final class CertificateAuthority {
    static final String HOST_UNIT = "host";

    private static final String CONTROLLER_NAME = "O=Sluice,OU=controller,CN=controller";
    private static final Duration AUTHORITY_LIFETIME = Duration.ofDays(7300);
    /** Hosts are thrown out by deleting them, not by waiting: nothing renews a host's certificate. */
    private static final Duration HOST_LIFETIME = Duration.ofDays(3650);
    /** A controller makes itself a new one at every start. */
    private static final Duration CONTROLLER_LIFETIME = Duration.ofDays(1825);
    /** Clocks of a data centre differ a little; a certificate must not begin in some host's future. */
    private static final Duration CLOCK_DIFFERENCE = Duration.ofHours(24);

    private static final SecureRandom random = new SecureRandom();

    private final X509Certificate certificate;
    private final PrivateKey privateKey;
    private final InstantSource clock;

    private CertificateAuthority(X509Certificate certificate, PrivateKey privateKey, InstantSource clock) {
        this.certificate = certificate;
        this.privateKey = privateKey;
        this.clock = clock;
    }

    /** The authority of that cluster; makes it when there is none. Controllers that start at once agree on one. */
    public static CertificateAuthority open(Database database, InstantSource clock) {
        requireNonNull(clock, "clock is null");
        return new Transactions(database.jdbi())
                .run(handle -> read(handle, clock).orElseGet(() -> {
                    CertificateAuthority made = make(clock);
                    handle.createUpdate("insert into certificate_authority (certificate_pem, private_key_pem)"
                                    + " values (:certificate, :key) on conflict do nothing")
                            .bind("certificate", Pem.write(made.certificate))
                            .bind("key", Pem.write(made.privateKey))
                            .execute();
                    // If another controller was faster, its authority is the one that was kept.
                    return read(handle, clock).orElseThrow();
                }));
    }

    /** The authority's own certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** SHA-256 of the certificate, in lower-case hexadecimal digits; it is part of every join token. */
    public String fingerprint() {
        return JoinToken.fingerprint(certificate);
    }

    /**
     * TLS for the listener that agents talk to: a new server certificate, and client certificates of this authority asked
     * for but not required, because a host that enrols has none yet. The chain includes the authority's own certificate,
     * which an enrolling agent compares with its join token.
     */
    public Tls serverTls() {
        KeyPair keys = newKeyPair();
        X509Certificate server = issue(
                new X500Name(CONTROLLER_NAME), keys.getPublic(), KeyPurposeId.id_kp_serverAuth, CONTROLLER_LIFETIME);
        return Tls.builder()
                .privateKey(keys.getPrivate())
                .privateKeyCertChain(List.of(server, certificate))
                .trust(List.of(certificate))
                .clientAuth(TlsClientAuth.OPTIONAL)
                .enabledProtocols(List.of("TLSv1.3"))
                .build();
    }

    /** A client certificate that says that the holder of this key is this host. */
    X509Certificate issueToHost(HostId host, PublicKey key) {
        return issue(
                new X500Name("O=Sluice,OU=" + HOST_UNIT + ",CN=" + host),
                key,
                KeyPurposeId.id_kp_clientAuth,
                HOST_LIFETIME);
    }

    private X509Certificate issue(X500Name subject, PublicKey key, KeyPurposeId purpose, Duration lifetime) {
        try {
            X509v3CertificateBuilder builder = builder(
                            X500Name.getInstance(
                                    certificate.getSubjectX500Principal().getEncoded()),
                            subject,
                            key,
                            clock.instant(),
                            lifetime)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose));
            return sign(builder, privateKey);
        } catch (CertIOException cause) {
            throw new IllegalStateException("the certificate of " + subject + " could not be written", cause);
        }
    }

    private static CertificateAuthority make(InstantSource clock) {
        KeyPair keys = newKeyPair();
        // The name carries some of the key, so that certificates of two clusters are told apart at a glance.
        X500Name name = new X500Name("O=Sluice,CN=Sluice cluster "
                + HexFormat.of().formatHex(keys.getPublic().getEncoded()).substring(54, 70));
        try {
            X509v3CertificateBuilder builder = builder(
                            name, name, keys.getPublic(), clock.instant(), AUTHORITY_LIFETIME)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            return new CertificateAuthority(sign(builder, keys.getPrivate()), keys.getPrivate(), clock);
        } catch (CertIOException cause) {
            throw new IllegalStateException("the authority's certificate could not be written", cause);
        }
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey key, Instant now, Duration lifetime) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(127, random),
                Date.from(now.minus(CLOCK_DIFFERENCE)),
                Date.from(now.plus(lifetime)),
                subject,
                key);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException | GeneralSecurityException cause) {
            throw new IllegalStateException("a certificate could not be signed", cause);
        }
    }

    private static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException cause) {
            throw new IllegalStateException("this Java runtime cannot make a P-256 key", cause);
        }
    }

    private static Optional<CertificateAuthority> read(Handle handle, InstantSource clock) {
        return handle.createQuery("select certificate_pem, private_key_pem from certificate_authority")
                .map((row, context) -> new CertificateAuthority(
                        Pem.certificate(row.getString("certificate_pem")),
                        Pem.privateKey(row.getString("private_key_pem")),
                        clock))
                .findOne();
    }
}
