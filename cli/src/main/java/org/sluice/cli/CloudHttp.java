package org.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.sluice.model.FileFailure;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Ways to speak HTTP with a cloud, by whom they trust. Stateless. */
final class CloudHttp {
    private CloudHttp() {}

    /** Trusts whom this Java runtime trusts. */
    static HttpClient usual() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    /** For a cloud without TLS: trusts nobody, and so does not read all the authorities that there are at each start. */
    private static HttpClient plain() {
        return with(new TrustManager[0]);
    }

    /**
     * Trusts who is vouched for by a certificate of that PEM file, under the name that stands in the URL.
     *
     * @throws ProblemException when the file cannot be read
     */
    static HttpClient trusting(Path authorities) {
        try (InputStream in = Files.newInputStream(authorities)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry(Integer.toString(store.size()), each);
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return with(factory.getTrustManagers());
        } catch (IOException | GeneralSecurityException unusable) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "AuthoritiesUnusable",
                            "The certificates in " + authorities + " (OS_CACERT) cannot be used: "
                                    + FileFailure.reason(unusable) + "."),
                    unusable);
        }
    }

    /**
     * Trusts the controller that this machine's user starts: whoever shows the first certificate of that PEM file, as it is now
     * or was when it was last shown, under any name, because {@code up} comes over loopback.
     *
     * @param certificate empty where it speaks plain HTTP
     */
    static HttpClient ofOwn(Optional<Path> certificate) {
        return certificate.map(file -> with(new TrustManager[] {new Own(file)})).orElseGet(CloudHttp::plain);
    }

    private static HttpClient with(TrustManager[] trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust, null);
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .sslContext(context)
                    .build();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this Java runtime cannot speak TLS", impossible);
        }
    }

    private static final class Own extends X509ExtendedTrustManager {
        private final Path file;
        private volatile Optional<Certificate> shown = Optional.empty();

        private Own(Path file) {
            this.file = file;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            // The controller takes a replacement up some seconds after it is in the file.
            if (shown.filter(chain[0]::equals).isPresent()) {
                return;
            }
            try (InputStream in = Files.newInputStream(file)) {
                if (!CertificateFactory.getInstance("X.509")
                        .generateCertificate(in)
                        .equals(chain[0])) {
                    throw new CertificateException("the certificate is not the one in " + file);
                }
                shown = Optional.of(chain[0]);
            } catch (IOException unreadable) {
                throw new CertificateException(unreadable);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket)
                throws CertificateException {
            throw new CertificateException("a client's certificate is nothing to us");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("a client's certificate is nothing to us");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            throw new CertificateException("a client's certificate is nothing to us");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
