package org.sluice.controller.pki;

import java.security.PublicKey;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.HostMembers;
import org.sluice.model.HostId;
import org.sluice.model.Problem;

/**
 * Which key a host is known by: the one that enrolled last, by its digest. See docs/decisions/0024-a-host-is-its-key.md.
 * Stateless; the caller owns the transaction.
 */
final class HostKeys {
    private HostKeys() {}

    /** SHA-256 of a public key as X.509 encodes it (SubjectPublicKeyInfo). */
    static String digest(PublicKey key) {
        return JoinTokens.digest(key.getEncoded());
    }

    /** From now on that host is who has that key. */
    static void give(Handle handle, HostId host, String digest) {
        HostMembers.giveKey(handle, host, digest);
    }

    /**
     * Whether that key is the host's. A host that enrolled before keys were kept is known by the first one that it calls with; of
     * a host that is gone nothing speaks against the key.
     */
    static boolean isOf(Handle handle, HostId host, String digest) {
        Optional<Boolean> known = handle.createQuery(
                        "select key_digest = :key from host where id = :host and key_digest is not null")
                .bind("key", digest)
                .bind("host", host.value())
                .mapTo(Boolean.class)
                .findOne();
        return known.orElseGet(() -> adopt(handle, host, digest));
    }

    /** A host that is being claimed is adopted at its next call: no call waits for a claim. */
    private static boolean adopt(Handle handle, HostId host, String digest) {
        HostMembers.adoptKey(handle, host, digest);
        return true;
    }

    /** Refuses to enrol again whom another one has taken the place of. */
    static void requireStill(Handle handle, HostId host, String digest) {
        if (!isOf(handle, host, digest)) {
            throw Problem.of(
                            Problem.Kind.CONFLICT,
                            "HostReplaced",
                            "Host " + host + " has rejoined with another key since this join token was spent. If this"
                                    + " machine is that host, ask the operator for the token that 'sluice fleet rejoin"
                                    + " NAME' prints.")
                    .asException();
        }
    }
}
