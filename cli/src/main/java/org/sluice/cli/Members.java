package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.sluice.agent.controller.ControllerClient;
import org.sluice.agent.enrolment.AgentIdentity;
import org.sluice.agent.enrolment.Enroller;
import org.sluice.agent.enrolment.EnrolmentException;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.JoinToken;

/**
 * Makes hosts members of the cluster, or finds that they are, and gives their agents the way to its controllers: mutual TLS
 * with the certificate that joining bought. Thread-safe.
 */
final class Members implements AutoCloseable {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);

    private final URI controller;
    private final Tokens tokens;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Where a join token comes from, asked only for a host that is no member yet. */
    @FunctionalInterface
    interface Tokens {
        /** A token that was not spent, for the host of that name. */
        JoinToken next(String hostname) throws Exception;
    }

    /** Hosts of that controller, {@code https://ADDRESS:PORT} of its listener for agents. */
    Members(URI controller, Tokens tokens) {
        this.controller = requireNonNull(controller, "controller is null");
        this.tokens = requireNonNull(tokens, "tokens is null");
    }

    /**
     * The way to the controllers for the host whose agent keeps its identity in {@code DATA/agent}.
     *
     * @throws ProblemException when the host cannot join
     */
    ControllerClient join(String hostname, Path data) throws Exception {
        Enroller enroller = new Enroller(data);
        Optional<AgentIdentity> known = enroller.member();
        AgentIdentity identity = known.isPresent() ? known.get() : enrol(enroller, hostname);
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
