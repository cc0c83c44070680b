package org.sluice.controller.pki;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.host.HostMembers;
import org.sluice.controller.store.Database;
import org.sluice.controller.store.Transactions;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.Enrolment;

/** Makes a host a member: one transaction spends the join token and creates the host. Thread-safe. */
public final class HostEnrolment {
    /** A host name as RFC 1123, section 2.1 has it, with or without its domain. */
    private static final Pattern HOSTNAME = Pattern.compile(
            "(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*");

    private final Transactions transactions;
    private final CertificateAuthority authority;
    private final JoinTokens tokens;
    private final InstantSource clock;

    /** Hosts go into that database. */
    public HostEnrolment(Database database, CertificateAuthority authority, JoinTokens tokens, InstantSource clock) {
        this.transactions =
                new Transactions(requireNonNull(database, "database is null").jdbi());
        this.authority = requireNonNull(authority, "authority is null");
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Enrols a host. Asked again with the same token and key, it grants the same host again.
     *
     * @throws ProblemException 400 when the host name or the certificate request is wrong, 401 when the join token is
     *     unknown or expired, 409 when it was spent by another key, is for another host, the host it was spent for has been
     *     given to another machine, or a host of that name exists that it is not for; nothing is changed then
     */
    public Enrolment.Grant enrol(Enrolment.Request request) {
        String hostname = validHostname(request.hostname());
        PublicKey key = validKey(request.certificateRequestPem());
        if (request.secret() == null) {
            throw badRequest("The member 'secret' is missing.");
        }
        HostId host = transactions.run(handle -> {
            String digest = HostKeys.digest(key);
            JoinTokens.Spent spent = tokens.spend(handle, request.secret(), digest, hostname);
            if (spent.host().isPresent()) {
                HostKeys.requireStill(handle, spent.host().get(), digest);
                return spent.host().get();
            }
            Optional<HostId> member = spent.mayReplace() ? member(handle, hostname) : Optional.empty();
            HostId granted = member.orElseGet(() -> create(handle, hostname));
            HostKeys.give(handle, granted, digest);
            tokens.attribute(handle, request.secret(), granted);
            return granted;
        });
        return new Enrolment.Grant(
                host, Pem.write(authority.issueToHost(host, key)), Pem.write(authority.certificate()));
    }

    private static Optional<HostId> member(Handle handle, String hostname) {
        return handle.createQuery("select id from host where name = :name for update")
                .bind("name", hostname)
                .mapTo(UUID.class)
                .findOne()
                .map(HostId::new);
    }

    private HostId create(Handle handle, String hostname) {
        HostId host = HostId.random();
        if (!HostMembers.add(handle, host, hostname, clock.instant())) {
            throw Problem.of(
                            Problem.Kind.CONFLICT,
                            "HostNameTaken",
                            "A host named '" + hostname + "' is a member of this cluster already. If it is that"
                                    + " host and has lost its identity, join with the token that 'sluice fleet rejoin "
                                    + hostname
                                    + "' prints; if it is a new one, give it another name. The join token was not spent.")
                    .asException();
        }
        return host;
    }

    private static String validHostname(String hostname) {
        if (hostname == null || !HOSTNAME.matcher(hostname).matches()) {
            throw badRequest("The member 'hostname' must be a host name of letters, digits, hyphens and dots.");
        }
        return hostname;
    }

    /** The key of a PKCS #10 request whose signature shows that the sender has the private key. */
    private static PublicKey validKey(String pem) {
        if (pem == null) {
            throw badRequest("The member 'certificateRequestPem' is missing.");
        }
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            if (!(parser.readObject() instanceof PKCS10CertificationRequest request)) {
                throw badRequest("The member 'certificateRequestPem' must be a PKCS #10 request in PEM form.");
            }
            PublicKey key = new JcaPKCS10CertificationRequest(request).getPublicKey();
            if (!(key instanceof ECPublicKey)) {
                throw badRequest("The key in 'certificateRequestPem' must be a P-256 key.");
            }
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw badRequest("The signature of 'certificateRequestPem' is wrong.");
            }
            return key;
        } catch (IOException | GeneralSecurityException | OperatorCreationException | PKCSException cause) {
            throw new ProblemException(
                    badRequest("The member 'certificateRequestPem' must be a PKCS #10 request in PEM form.")
                            .problem(),
                    cause);
        }
    }

    private static ProblemException badRequest(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "InvalidEnrolment", sentence)
                .asException();
    }
}
