package org.sluice.controller.pki;

import static java.util.Objects.requireNonNull;

import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.HostAuthenticator;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Tells which host a request of the agents' API comes from. The listener's TLS has verified the chain and that the peer
 * holds the key ({@link CertificateAuthority#serverTls}); what is left is to read the name, and to see that the key still is
 * the host's: who rejoined has another one, and the machine that it replaced is refused from then on. That the host still exists
 * is for the caller to see where it looks the host up. Thread-safe.
 */
public final class AgentAuthentication implements HostAuthenticator {
    private final Transactions transactions;

    /** Hosts are in that database. */
    public AgentAuthentication(Database database) {
        this.transactions =
                new Transactions(requireNonNull(database, "database is null").jdbi());
    }

    @Override
    public HostId hostOf(Exchange exchange) {
        X509Certificate certificate = exchange.peerCertificate()
                .orElseThrow(
                        () -> refused("The agents' API needs the client certificate that a host gets by enrolling."));
        HostId host = hostOf(certificate);
        String digest = HostKeys.digest(certificate.getPublicKey());
        if (!transactions.autocommit(handle -> HostKeys.isOf(handle, host, digest))) {
            throw new Problem(
                            Problem.Kind.UNAUTHENTICATED,
                            "HostReplaced",
                            "Host " + host + " has rejoined with another key since this certificate was made.",
                            Optional.of("Stop this agent if another machine is that host now; if it is this one, let it"
                                    + " join with the token that 'sluice fleet rejoin NAME' prints."))
                    .asException();
        }
        return host;
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
