package org.sluice.controller.compute.keypair;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;

/**
 * A key pair that was made here, as Nova makes them until 2.91.
 *
 * @param publicLine the public half, one line in OpenSSH form
 * @param privatePem the private half, PEM (RFC 7468)
 */
record GeneratedKey(String publicLine, String privatePem) {
    private static final int RSA_BITS = 2_048;

    static GeneratedKey make() {
        java.security.KeyPair pair;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(RSA_BITS);
            pair = generator.generateKeyPair();
        } catch (NoSuchAlgorithmException cause) {
            throw new IllegalStateException("every Java platform has RSA", cause);
        }
        StringWriter pem = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(pem)) {
            writer.writeObject(pair.getPrivate());
        } catch (IOException impossible) {
            throw new UncheckedIOException("a key could not be written to memory", impossible);
        }
        return new GeneratedKey(
                SshPublicKey.lineOf((RSAPublicKey) pair.getPublic(), "Generated-by-Sluice"), pem.toString());
    }
}
