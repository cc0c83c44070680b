package org.sluice.controller.compute.keypair;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/**
 * A public key in the one-line form of OpenSSH (RFC 4253, section 6.6, and RFC 4716 for the fingerprint): type, base64 of
 * the key blob, comment.
 *
 * @param type {@code ssh-rsa}, {@code ssh-ed25519} and so on
 * @param blob the key in the wire format of SSH
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out; equality is not used
public record SshPublicKey(String type, byte[] blob) {
    private static final Set<String> TYPES = Set.of(
            "ssh-rsa",
            "ssh-dss",
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "sk-ssh-ed25519@openssh.com",
            "sk-ecdsa-sha2-nistp256@openssh.com");

    public SshPublicKey {
        blob = blob.clone();
    }

    @Override
    public byte[] blob() {
        return blob.clone();
    }

    /** Reads one line; empty when it is no public key of a type that OpenSSH knows. */
    public static Optional<SshPublicKey> parse(String line) {
        String key = line.strip();
        String[] words = key.split("\\s+", 3);
        // A second line would be a second key that no fingerprint shows.
        if (key.chars().anyMatch(character -> character == '\n' || character == '\r' || character == 0)
                || words.length < 2
                || !TYPES.contains(words[0])) {
            return Optional.empty();
        }
        byte[] blob;
        try {
            blob = Base64.getDecoder().decode(words[1]);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        return startsWithType(blob, words[0]) ? Optional.of(new SshPublicKey(words[0], blob)) : Optional.empty();
    }

    /** The line for an RSA key. */
    static String lineOf(RSAPublicKey key, String comment) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (byte[] part : new byte[][] {
                "ssh-rsa".getBytes(StandardCharsets.US_ASCII),
                key.getPublicExponent().toByteArray(),
                key.getModulus().toByteArray()
            }) {
                out.writeInt(part.length);
                out.write(part);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("a key could not be written to memory", impossible);
        }
        return "ssh-rsa " + Base64.getEncoder().encodeToString(bytes.toByteArray()) + " " + comment;
    }

    /** Sixteen pairs of hexadecimal digits. MD5 is what the API promises; nothing trusts it. */
    public String fingerprint() {
        try {
            return HexFormat.ofDelimiter(":")
                    .formatHex(MessageDigest.getInstance("MD5").digest(blob));
        } catch (NoSuchAlgorithmException cause) {
            throw new IllegalStateException("every Java platform has MD5", cause);
        }
    }

    /** Every field of the blob, the first of which names the type, carries its length; nothing may be left over. */
    private static boolean startsWithType(byte[] blob, String type) {
        ByteBuffer fields = ByteBuffer.wrap(blob);
        int count = 0;
        while (fields.remaining() >= Integer.BYTES) {
            int length = fields.getInt();
            if (length < 0 || length > fields.remaining()) {
                return false;
            }
            byte[] field = new byte[length];
            fields.get(field);
            if (count++ == 0 && !type.equals(new String(field, StandardCharsets.US_ASCII))) {
                return false;
            }
        }
        return count >= 2 && !fields.hasRemaining();
    }
}
