package org.sluice.controller.http;

import org.sluice.controller.policy.Caller;

/** Turns the token of a request into a caller. Implemented by identity; must not read the database. Thread-safe. */
public interface Authenticator {
    /**
     * Verifies a token.
     *
     * @param token the value of {@code X-Auth-Token}
     * @return the caller the token speaks for
     * @throws org.sluice.model.ProblemException of kind UNAUTHENTICATED when the token is forged, expired or malformed
     */
    Caller verify(String token);
}
