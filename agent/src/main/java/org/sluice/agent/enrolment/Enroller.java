package org.sluice.agent.enrolment;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.sluice.model.protocol.Enrolment;
import org.sluice.model.protocol.JoinToken;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes this host a member of a cluster, once. The join token's fingerprint is checked in the TLS handshake, so a server that
 * is not of the cluster never sees the secret. A host that is a member stays it: tokens given later are not spent, but for {@link
 * #joinAnew}. Used by one thread.
 */
public final class Enroller {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final IdentityFiles files;

    /** Keeps the identity in {@code DATA/agent}, readable by its owner only. */
    public Enroller(Path dataDirectory) {
        this.files = new IdentityFiles(
                requireNonNull(dataDirectory, "dataDirectory is null").resolve("agent"));
    }

    /**
     * The identity that this host has from joining earlier.
     *
     * @throws IOException if it cannot be read
     */
    public Optional<AgentIdentity> member() throws IOException {
        if (files.load().isEmpty() && files.next().load().isPresent()) {
            // Joining anew was cut short when all was granted.
            files.takeFrom(files.next());
        }
        return files.load();
    }

    /**
     * Joins anew, as another host of the same name: the one that this host is was removed. What it has of that is laid aside once the
     * controller has let it in, and not before. An attempt that was cut short is gone on with.
     *
     * @param controller where the controllers' listener for agents is
     * @param token one for a new host
     * @param hostname the name to be known by
     * @throws EnrolmentException if the server is not of the token's cluster, or refuses; this host is what it was then
     * @throws IOException if the server is out of reach, or the identity cannot be kept
     */
    public AgentIdentity joinAnew(URI controller, JoinToken token, String hostname)
            throws EnrolmentException, IOException, InterruptedException {
        IdentityFiles next = files.next();
        if (next.load().isEmpty()) {
            grant(next, controller, token, hostname);
        }
        Optional<AgentIdentity> former = files.load();
        if (former.isPresent()) {
            FormerMembership.layAside(files.directory(), former.get().host());
            files.forget();
        }
        files.takeFrom(next);
        return files.load().orElseThrow();
    }

    /**
     * The identity from joining earlier, or from joining now. An attempt whose answer was lost can be repeated with the same
     * token.
     *
     * @param controller where the controllers' listener for agents is, {@code https://host:port}
     * @param token what the operator was given
     * @param hostname the name to be known by
     * @throws EnrolmentException if the server is not of the token's cluster, or refuses
     * @throws IOException if the server is out of reach, or the identity cannot be kept
     */
    public AgentIdentity join(URI controller, JoinToken token, String hostname)
            throws EnrolmentException, IOException, InterruptedException {
        Optional<AgentIdentity> already = files.load();
        if (already.isPresent()) {
            return already.get();
        }
        return grant(files, controller, token, hostname);
    }

    private static AgentIdentity grant(IdentityFiles files, URI controller, JoinToken token, String hostname)
            throws EnrolmentException, IOException, InterruptedException {
        KeyPair keys = files.keyPair();
        Enrolment.Grant grant = ask(
                controller, token, new Enrolment.Request(token.secret(), hostname, certificateRequest(keys, hostname)));
        return files.save(grant.host(), grant.certificatePem(), grant.authorityPem());
    }

    private static Enrolment.Grant ask(URI controller, JoinToken token, Enrolment.Request request)
            throws EnrolmentException, IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(pinned(token))
                .connectTimeout(PATIENCE)
                .build()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(controller.resolve("/agent/v1/enrol"))
                            .timeout(PATIENCE)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(MAPPER.writeValueAsString(request)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 201) {
                throw new EnrolmentException("The controller at " + controller + " refuses: " + sentence(response));
            }
            return MAPPER.readValue(response.body(), Enrolment.Grant.class);
        } catch (SSLException untrusted) {
            throw new EnrolmentException(
                    "The server at " + controller + " cannot be trusted, so nothing was sent to it: "
                            + reason(untrusted),
                    untrusted);
        } catch (JacksonException notOurs) {
            throw new EnrolmentException(
                    "The controller at " + controller + " answers what no controller answers.", notOurs);
        }
    }

    private static String sentence(HttpResponse<String> response) {
        try {
            String message =
                    MAPPER.readTree(response.body()).at("/error/message").asString("");
            return message.isEmpty() ? "HTTP status " + response.statusCode() + "." : message;
        } catch (JacksonException notJson) {
            return "HTTP status " + response.statusCode() + ".";
        }
    }

    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }

    private static SSLContext pinned(JoinToken token) {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[] {ControllerTrust.inFingerprint(token.authorityFingerprint())}, null);
            return context;
        } catch (GeneralSecurityException cause) {
            throw new IllegalStateException("this Java runtime has no TLS 1.3", cause);
        }
    }

    private static String certificateRequest(KeyPair keys, String hostname) throws IOException {
        try {
            byte[] request = new JcaPKCS10CertificationRequestBuilder(
                            new X500Name("O=Sluice,OU=host"), keys.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                    .getEncoded();
            return IdentityFiles.block("CERTIFICATE REQUEST", request);
        } catch (OperatorCreationException cause) {
            throw new IOException("The certificate request of " + hostname + " could not be signed.", cause);
        }
    }
}
