package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.controller.ControllerClient;
import org.sluice.agent.controller.ControllerUnavailableException;
import org.sluice.agent.controller.NotAMemberException;
import org.sluice.agent.enrolment.AgentIdentity;
import org.sluice.agent.enrolment.Enroller;
import org.sluice.agent.enrolment.EnrolmentException;
import org.sluice.model.HostId;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.JoinToken;

/**
 * Makes hosts members of the cluster, or finds that they are, and gives their agents the way to its controllers: mutual TLS
 * with the certificate that joining bought. Thread-safe.
 */
final class Members implements AutoCloseable {
    /** As {@link ProblemException} names that a host was removed and is not let in anew. */
    static final String REMOVED = "HostRemoved";

    private static final Logger log = LoggerFactory.getLogger(Members.class);
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);

    /** Guests are to be started after a boot, whether a controller answers or not. */
    private static final Duration LOOK_WITHIN = Duration.ofSeconds(5);

    private final URI controller;
    private final Tokens tokens;
    private final Optional<Tokens> anew;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Where a join token comes from, asked only for a host that is no member yet. */
    @FunctionalInterface
    interface Tokens {
        /** A token that was not spent, for the host of that name. */
        JoinToken next(String hostname) throws Exception;
    }

    /** Hosts of that controller, {@code https://ADDRESS:PORT} of its listener for agents. */
    Members(URI controller, Tokens tokens) {
        this(controller, tokens, Optional.empty());
    }

    /**
     * The same, where hosts that were removed may join anew.
     *
     * @param anew gives the token for that; empty where nobody has one, and then nobody asks whether a host was removed
     */
    Members(URI controller, Tokens tokens, Optional<Tokens> anew) {
        this.controller = requireNonNull(controller, "controller is null");
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.anew = requireNonNull(anew, "anew is null");
    }

    /**
     * The way to the controllers for the host whose agent keeps its identity in {@code DATA/agent}.
     *
     * @throws ProblemException when the host cannot join
     */
    ControllerClient join(String hostname, Path data) throws Exception {
        Enroller enroller = new Enroller(data);
        Optional<AgentIdentity> known = enroller.member();
        if (known.isEmpty()) {
            return client(enrol(enroller, hostname));
        }
        ControllerClient client = client(known.get());
        if (anew.isPresent() && wasRemoved(client, hostname)) {
            return client(enrolAnew(enroller, hostname, known.get().host(), anew.get()));
        }
        return client;
    }

    /** Of a controller that does not say, the agent learns it later. */
    private static boolean wasRemoved(ControllerClient client, String hostname) {
        try {
            client.requireMember(LOOK_WITHIN);
            return false;
        } catch (NotAMemberException gone) {
            return gone.reason() == NotAMemberException.Reason.REMOVED;
        } catch (ControllerUnavailableException silent) {
            log.info("Whether host {} is a member still is not known yet: {}", hostname, silent.getMessage());
            return false;
        }
    }

    private AgentIdentity enrolAnew(Enroller enroller, String hostname, HostId former, Tokens source) throws Exception {
        try {
            AgentIdentity identity = enroller.joinAnew(controller, source.next(hostname), hostname);
            log.warn(
                    "Host {} was removed from the cloud as {}, and has joined anew as {}.",
                    hostname,
                    former,
                    identity.host());
            return identity;
        } catch (EnrolmentException refused) {
            throw new ProblemException(
                    new Problem(
                            Problem.Kind.UNAVAILABLE,
                            REMOVED,
                            "Host " + hostname + " was removed from the cloud, and cannot join anew: "
                                    + refused.getMessage(),
                            Optional.of("Join it with a new token: 'sluice fleet join-token' prints one, and"
                                    + " 'sluice agent --join TOKEN' takes it.")),
                    refused);
        }
    }

    private ControllerClient client(AgentIdentity identity) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(identity.tls())
                .connectTimeout(CONNECT_WITHIN)
                .executor(threads)
                .build();
        return new ControllerClient(client, controller);
    }

    private AgentIdentity enrol(Enroller enroller, String hostname) throws Exception {
        try {
            return enroller.join(controller, tokens.next(hostname), hostname);
        } catch (EnrolmentException refused) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "CannotJoin",
                            "Host " + hostname + " cannot join the cluster: " + refused.getMessage()),
                    refused);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
