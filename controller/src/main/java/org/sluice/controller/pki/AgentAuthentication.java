package org.sluice.controller.pki;

import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.sluice.controller.http.Exchange;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Tells which host a request of the agents' API comes from. The listener's TLS has verified the chain and that the peer
 * holds the key ({@link CertificateAuthority#serverTls}); what is left is to read the name. That the host still exists is
 * for the caller to see where it looks the host up. Stateless.
 */
public final class AgentAuthentication {
    /**
     * The host at the other end.
     *
     * @throws ProblemException of kind UNAUTHENTICATED when the peer showed no certificate, or none of a host
     */
    public HostId hostOf(Exchange exchange) {
        return hostOf(exchange.peerCertificate()
                .orElseThrow(
                        () -> refused("The agents' API needs the client certificate that a host gets by enrolling.")));
    }

    static HostId hostOf(X509Certificate certificate) {
        X500Name subject =
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        if (!only(subject.getRDNs(BCStyle.OU)).equals(CertificateAuthority.HOST_UNIT)) {
            throw refused("The client certificate of '" + subject + "' is not that of a host.");
        }
        try {
            return HostId.parse(only(subject.getRDNs(BCStyle.CN)));
        } catch (IllegalArgumentException cause) {
            throw new ProblemException(
                    refused("The client certificate of '" + subject + "' does not name a host.")
                            .problem(),
                    cause);
        }
    }

    private static String only(RDN[] values) {
        return values.length == 1 ? IETFUtils.valueToString(values[0].getFirst().getValue()) : "";
    }

    private static ProblemException refused(String sentence) {
        return Problem.of(Problem.Kind.UNAUTHENTICATED, "AgentUnauthenticated", sentence)
                .asException();
    }
}
