package org.sluice.agent.enrolment;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.file.DurableFiles;
import org.sluice.model.HostId;

/**
 * The agent's identity on disk, readable by its owner only: {@code host-id}, {@code key.pem} (PKCS #8), {@code
 * public-key.pem}, {@code certificate.pem} and {@code authority.pem} (RFC 7468). The key is there from the first attempt to
 * join, so that an attempt cut short is continued with the same key. Used by one thread.
 */
final class IdentityFiles {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    /** In the order in which they are written: the last one stands for all of them. */
    private static final List<String> NAMES =
            List.of("public-key.pem", "key.pem", "certificate.pem", "authority.pem", "host-id");

    private final Path directory;

    IdentityFiles(Path directory) {
        this.directory = requireNonNull(directory, "directory is null");
    }

    /** The identity, if this host has joined. */
    Optional<AgentIdentity> load() throws IOException {
        // Written last, so it stands for all of them.
        if (!Files.exists(directory.resolve("host-id"))) {
            return Optional.empty();
        }
        return Optional.of(new AgentIdentity(
                HostId.parse(read("host-id").strip()),
                privateKey(),
                certificate(read("certificate.pem")),
                certificate(read("authority.pem"))));
    }

    /** Forgets the identity; the key goes with the next one that takes its place. */
    void forget() throws IOException {
        DurableFiles.delete(directory.resolve("host-id"));
    }

    /** Takes the place of the identity that these files have: from now on those of {@code other} are these, and there are no other ones. */
    void takeFrom(IdentityFiles other) throws IOException {
        for (String name : NAMES) {
            write(name, other.read(name));
        }
        // First what stands for all of them.
        for (String name : NAMES.reversed()) {
            DurableFiles.delete(other.directory.resolve(name));
        }
    }

    /** The files of an identity that is to take the place of this one. */
    IdentityFiles next() {
        return new IdentityFiles(directory.resolve("next"));
    }

    /** Where they are. */
    Path directory() {
        return directory;
    }

    /** Keeps what was granted for the key of {@link #keyPair}. */
    AgentIdentity save(HostId host, String certificatePem, String authorityPem) throws IOException {
        AgentIdentity identity =
                new AgentIdentity(host, privateKey(), certificate(certificatePem), certificate(authorityPem));
        write("certificate.pem", certificatePem);
        write("authority.pem", authorityPem);
        write("host-id", host + "\n");
        return identity;
    }

    /** The key pair of this host; makes it once. */
    KeyPair keyPair() throws IOException {
        try {
            if (!Files.exists(directory.resolve("key.pem"))) {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(new ECGenParameterSpec("secp256r1"));
                KeyPair made = generator.generateKeyPair();
                write("public-key.pem", block("PUBLIC KEY", made.getPublic().getEncoded()));
                write("key.pem", block("PRIVATE KEY", made.getPrivate().getEncoded()));
            }
            PublicKey publicKey =
                    KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(bytes(read("public-key.pem"))));
            return new KeyPair(publicKey, privateKey());
        } catch (GeneralSecurityException cause) {
            throw new IOException("The key pair in " + directory + " cannot be read or made.", cause);
        }
    }

    private PrivateKey privateKey() throws IOException {
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(bytes(read("key.pem"))));
        } catch (GeneralSecurityException cause) {
            throw new IOException(directory.resolve("key.pem") + " is no EC private key.", cause);
        }
    }

    private static X509Certificate certificate(String pem) throws IOException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException cause) {
            throw new IOException("A certificate of the agent's identity cannot be read.", cause);
        }
    }

    private static byte[] bytes(String pem) {
        return Base64.getDecoder()
                .decode(pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", ""));
    }

    static String block(String type, byte[] bytes) {
        return "-----BEGIN " + type + "-----\n" + LINES.encodeToString(bytes) + "\n-----END " + type + "-----\n";
    }

    private String read(String name) throws IOException {
        return Files.readString(directory.resolve(name), StandardCharsets.US_ASCII);
    }

    /** In this order on disk too, so that the last one stands for all. */
    private void write(String name, String text) throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        DurableFiles.write(
                directory.resolve(name),
                text.getBytes(StandardCharsets.US_ASCII),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
}
