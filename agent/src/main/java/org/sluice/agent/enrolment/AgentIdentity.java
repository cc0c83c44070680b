package org.sluice.agent.enrolment;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.sluice.model.HostId;

/**
 * What makes this host a member: its identifier, its key with the certificate for it, and the authority it trusts.
 *
 * @param host who it is
 * @param privateKey the key that never left this host
 * @param certificate client certificate of that key
 * @param authority certificate of the cluster's authority
 */
public record AgentIdentity(
        HostId host, PrivateKey privateKey, X509Certificate certificate, X509Certificate authority) {
    private static final char[] NO_PASSWORD = new char[0];

    public AgentIdentity {
        requireNonNull(host, "host is null");
        requireNonNull(privateKey, "privateKey is null");
        requireNonNull(certificate, "certificate is null");
        requireNonNull(authority, "authority is null");
    }

    /**
     * TLS with which both sides prove who they are: for {@link java.net.http.HttpClient} or any socket. The server must have a
     * controller's certificate of the cluster's authority; host names are not compared, because agents reach controllers by
     * whatever address works.
     */
    public SSLContext tls() {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, NO_PASSWORD);
            keys.setKeyEntry("agent", privateKey, NO_PASSWORD, new Certificate[] {certificate});
            KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
            keyManagers.init(keys, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(
                    keyManagers.getKeyManagers(), new TrustManager[] {ControllerTrust.inAuthority(authority)}, null);
            return context;
        } catch (GeneralSecurityException | IOException cause) {
            throw new IllegalStateException("the agent's certificate and key do not make a TLS context", cause);
        }
    }

    /** Leaves the key out. */
    @Override
    public String toString() {
        return "AgentIdentity[" + host + "]";
    }
}
