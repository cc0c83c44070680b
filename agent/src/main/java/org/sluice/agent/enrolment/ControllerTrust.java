package org.sluice.agent.enrolment;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.sluice.model.protocol.JoinToken;

/**
 * Trusts controllers of one cluster: the chain must end at the cluster's authority (path validation of RFC 5280, section 6)
 * and the subject must be a controller's. It extends the class that the TLS code asks directly, so that no check of the host
 * name is added to its own. Thread-safe.
 */
final class ControllerTrust extends X509ExtendedTrustManager {
    private static final String CONTROLLER = "CN=controller,OU=controller,O=Sluice";

    private final Optional<X509Certificate> knownAuthority;
    private final String fingerprint;

    private ControllerTrust(Optional<X509Certificate> knownAuthority, String fingerprint) {
        this.knownAuthority = knownAuthority;
        this.fingerprint = fingerprint;
    }

    /** Trust of a member: it has the authority's certificate. */
    static ControllerTrust inAuthority(X509Certificate authority) {
        return new ControllerTrust(Optional.of(authority), JoinToken.fingerprint(authority));
    }

    /** Trust of a newcomer: it knows the SHA-256 of the authority's certificate, which the server must send along. */
    static ControllerTrust inFingerprint(String fingerprint) {
        return new ControllerTrust(Optional.empty(), fingerprint);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        X509Certificate authority = authorityOf(chain);
        validator(authority).checkServerTrusted(chain, authType);
        String subject = chain[0].getSubjectX500Principal().getName();
        if (!subject.equals(CONTROLLER)) {
            throw new CertificateException("The server shows the certificate of '" + subject
                    + "', which is of this cluster but not a controller's.");
        }
    }

    private X509Certificate authorityOf(X509Certificate[] chain) throws CertificateException {
        if (knownAuthority.isPresent()) {
            return knownAuthority.get();
        }
        return Arrays.stream(chain)
                .filter(certificate -> JoinToken.fingerprint(certificate).equals(fingerprint))
                .findFirst()
                .orElseThrow(
                        () -> new CertificateException("The server is not of the cluster that the join token is for:"
                                + " no certificate it shows has the fingerprint " + fingerprint + "."));
    }

    private static X509TrustManager validator(X509Certificate authority) throws CertificateException {
        try {
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            anchors.setCertificateEntry("authority", authority);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(anchors);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager validator) {
                    return validator;
                }
            }
            throw new CertificateException("this Java runtime has no PKIX validation");
        } catch (GeneralSecurityException | IOException cause) {
            throw new CertificateException("the authority's certificate cannot be an anchor of trust", cause);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("an agent serves nobody");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return knownAuthority.stream().toArray(X509Certificate[]::new);
    }
}
