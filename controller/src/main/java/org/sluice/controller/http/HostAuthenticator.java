package org.sluice.controller.http;

import org.sluice.model.HostId;

/** Turns the certificate that a peer showed into a host. Implemented by pki. Thread-safe. */
@FunctionalInterface
public interface HostAuthenticator {
    /**
     * The host at the other end.
     *
     * @throws org.sluice.model.ProblemException of kind UNAUTHENTICATED when the peer showed no certificate, none of a host, or
     *     one that another has taken the place of
     */
    HostId hostOf(Exchange exchange);
}
