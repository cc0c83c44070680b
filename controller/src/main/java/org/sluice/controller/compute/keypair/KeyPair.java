package org.sluice.controller.compute.keypair;

import java.time.Instant;

/**
 * A user's public key.
 *
 * @param number the id that the API shows
 * @param userId whose it is
 * @param name unique for the user
 * @param type {@code ssh}; another type is not offered
 * @param fingerprint MD5 of the key blob, sixteen pairs of hexadecimal digits with colons, as nova shows it
 * @param publicKey the key as it was given
 * @param createdAt when
 */
public record KeyPair(
        long number,
        String userId,
        String name,
        String type,
        String fingerprint,
        String publicKey,
        Instant createdAt) {}
