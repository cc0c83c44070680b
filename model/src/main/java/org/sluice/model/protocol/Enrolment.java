package org.sluice.model.protocol;

import org.sluice.model.HostId;

/** How a host becomes a member: a one-time join token buys a client certificate. */
public final class Enrolment {
    private Enrolment() {}

    /**
     * What the agent sends.
     *
     * @param secret the secret part of the join token
     * @param hostname the name the host wants to be known by; must be free
     * @param certificateRequestPem PKCS #10 request (RFC 2986) for the key pair that the agent made and keeps
     */
    public record Request(String secret, String hostname, String certificateRequestPem) {}

    /**
     * What it gets.
     *
     * @param host its identity from now on
     * @param certificatePem its client certificate, signed by the cluster's own authority
     * @param authorityPem certificate of that authority
     */
    public record Grant(HostId host, String certificatePem, String authorityPem) {}
}
