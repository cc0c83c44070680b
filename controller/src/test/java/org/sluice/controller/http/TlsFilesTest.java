package org.sluice.controller.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The certificate of the APIs' listener, as it is read, refused and replaced. */
final class TlsFilesTest {
    @TempDir
    Path directory;

    private Path certificate;
    private Path key;

    @BeforeEach
    void files() {
        certificate = directory.resolve("cert.pem");
        key = directory.resolve("key.pem");
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + what
                + "-----\n";
    }

    private static KeyPair keys(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(algorithm.equals("EC") ? 256 : 2048);
        return generator.generateKeyPair();
    }

    private static String certificate(String name, KeyPair keys) throws Exception {
        X500Name subject = new X500Name("CN=" + name);
        return pem(
                "CERTIFICATE",
                new JcaX509CertificateConverter()
                        .getCertificate(new JcaX509v3CertificateBuilder(
                                        subject,
                                        new BigInteger(64, new SecureRandom()),
                                        Date.from(Instant.now().minusSeconds(60)),
                                        Date.from(Instant.now().plusSeconds(3600)),
                                        subject,
                                        keys.getPublic())
                                .build(new JcaContentSignerBuilder(
                                                keys.getPublic().getAlgorithm().equals("EC")
                                                        ? "SHA256withECDSA"
                                                        : "SHA256withRSA")
                                        .build(keys.getPrivate())))
                        .getEncoded());
    }

    private void write(String name, String algorithm, String form) throws Exception {
        KeyPair keys = keys(algorithm);
        Files.writeString(certificate, certificate(name, keys));
        byte[] pkcs8 = keys.getPrivate().getEncoded();
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(pkcs8);
        // As openssl writes it, with the curve inside (RFC 5915); Java's own has it outside only.
        byte[] inner = keys.getPrivate() instanceof java.security.interfaces.ECPrivateKey elliptic
                ? new org.bouncycastle.asn1.sec.ECPrivateKey(
                                256,
                                elliptic.getS(),
                                info.getPrivateKeyAlgorithm().getParameters())
                        .getEncoded()
                : info.parsePrivateKey().toASN1Primitive().getEncoded();
        Files.writeString(key, form.equals("PRIVATE KEY") ? pem(form, pkcs8) : pem(form, inner));
    }

    /** The name on the certificate that a new connection is shown. */
    private static String shown(InetSocketAddress listener) throws Exception {
        SSLContext anyone = SSLContext.getInstance("TLS");
        anyone.init(null, new TrustManager[] {new TrustAnyone()}, null);
        try (SSLSocket socket =
                (SSLSocket) anyone.getSocketFactory().createSocket(listener.getAddress(), listener.getPort())) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        }
    }

    private static final class TrustAnyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static ApiServer serve(TlsFiles files) {
        return TestListener.start(
                Optional.of(files.tls()),
                _ -> {
                    throw new IllegalStateException("nobody asks");
                },
                List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA:PRIVATE KEY", "RSA:RSA PRIVATE KEY", "EC:PRIVATE KEY", "EC:EC PRIVATE KEY"})
    void keysOfEveryFormServe(String form) throws Exception {
        write("one", form.split(":")[0], form.split(":")[1]);
        try (ApiServer server = serve(TlsFiles.read(certificate, key))) {
            assertThat(shown(server.address())).isEqualTo("CN=one");
        }
    }

    @Test
    void whatIsReplacedIsInForceAndWhatIsBrokenIsNot() throws Exception {
        write("one", "EC", "PRIVATE KEY");
        TlsFiles files = TlsFiles.read(certificate, key);
        try (ApiServer server = serve(files);
                AutoCloseable _ = files.follow(Duration.ofMillis(20))) {
            assertThat(shown(server.address())).isEqualTo("CN=one");
            write("two", "RSA", "PRIVATE KEY");
            await().untilAsserted(() -> assertThat(shown(server.address())).isEqualTo("CN=two"));
            Files.writeString(certificate, certificate("three", keys("EC")));
            await().during(Duration.ofMillis(300))
                    .untilAsserted(() -> assertThat(shown(server.address())).isEqualTo("CN=two"));
            assertThat(files.isCurrent()).as("of another key").isFalse();
            write("two", "RSA", "PRIVATE KEY");
            await().until(files::isCurrent);
            Files.delete(key);
            await().until(() -> !files.isCurrent());
            await().during(Duration.ofMillis(100))
                    .untilAsserted(() -> assertThat(shown(server.address())).isEqualTo("CN=two"));
            write("four", "EC", "EC PRIVATE KEY");
            await().untilAsserted(() -> assertThat(shown(server.address())).isEqualTo("CN=four"));
            assertThat(files.isCurrent()).isTrue();
        }
    }

    @Test
    void whatCannotServeIsRefusedInASentenceThatNamesTheFile() throws Exception {
        write("one", "EC", "PRIVATE KEY");
        String good = Files.readString(key);
        Files.writeString(key, pem("PRIVATE KEY", keys("EC").getPrivate().getEncoded()));
        assertRefused("The private key in " + key + " is not that of the first certificate in " + certificate);
        Files.writeString(key, pem("PRIVATE KEY", keys("RSA").getPrivate().getEncoded()));
        assertRefused("The private key in " + key + " is not that of the first certificate in " + certificate);
        Files.writeString(key, "nothing\n");
        assertRefused("The file " + key + " holds no private key");
        byte[] locked = new org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo(
                        new org.bouncycastle.asn1.x509.AlgorithmIdentifier(
                                org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers.id_PBES2),
                        new byte[16])
                .getEncoded();
        Files.writeString(key, pem("ENCRYPTED PRIVATE KEY", locked));
        assertRefused("The private key in " + key + " is locked by a password");
        Files.writeString(key, good);
        Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertRefused("The file " + certificate + " holds no PEM certificates that can be read");
        Files.writeString(certificate, "");
        assertRefused("The file " + certificate + " holds no certificate");
        Files.delete(certificate);
        assertRefused("The TLS certificate " + certificate + " cannot be read: there is no such file.");
    }

    private void assertRefused(String beginning) {
        assertThatThrownBy(() -> TlsFiles.read(certificate, key))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(beginning);
    }
}
