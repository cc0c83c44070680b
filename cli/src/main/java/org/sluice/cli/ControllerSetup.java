package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.sluice.cli.settings.ControllerSettings;
import org.sluice.cli.settings.HostSettings;
import org.sluice.cli.settings.Kind;
import org.sluice.cli.settings.Listen;
import org.sluice.cli.settings.Setting;
import org.sluice.cli.settings.Settings;
import org.sluice.controller.http.Proxies;
import org.sluice.controller.http.TlsFiles;
import org.sluice.controller.http.door.DoorLimits;
import org.sluice.controller.http.door.RateLimits;
import org.sluice.controller.identity.password.PasswordChecks;
import org.sluice.controller.image.data.ImageLimits;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.policy.PolicyFile;
import org.sluice.controller.policy.ShippedRules;
import org.sluice.controller.store.DatabaseLimits;
import org.sluice.model.FileFailure;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * What the settings come to in a controller, with the files that they name read.
 *
 * @param limits of the API listener
 * @param rates of the API listener
 * @param lockOut who may no longer try to log in
 * @param tokenLife how long a token by password is good for
 * @param images what they may take
 * @param proxies what stands before the API listener
 * @param tls of the API listener, if it speaks TLS
 * @param policy checks that take the place of the shipped ones
 * @param connections of the database's pool for requests
 * @param agentConnections of its pool for agents
 * @param database how long both have patience
 * @param patience how long a server waits for hosts that are just coming back
 * @param auditKept how long the audit log's events are kept
 * @param metrics where they are read without a token, if anywhere
 */
record ControllerSetup(
        DoorLimits limits,
        RateLimits rates,
        PasswordChecks.LockOut lockOut,
        Duration tokenLife,
        ImageLimits images,
        Proxies proxies,
        Optional<TlsFiles> tls,
        Optional<PolicyFile> policy,
        int connections,
        int agentConnections,
        DatabaseLimits database,
        Duration patience,
        Duration auditKept,
        Optional<Listen> metrics) {
    /** Three times what an idle connection was measured to take. */
    private static final int LEAST_HEAP_OF_CONNECTION = 64 << 10;

    ControllerSetup {
        requireNonNull(limits, "limits is null");
        requireNonNull(rates, "rates is null");
        requireNonNull(lockOut, "lockOut is null");
        requireNonNull(tokenLife, "tokenLife is null");
        requireNonNull(images, "images is null");
        requireNonNull(proxies, "proxies is null");
        requireNonNull(tls, "tls is null");
        requireNonNull(policy, "policy is null");
        requireNonNull(database, "database is null");
        requireNonNull(patience, "patience is null");
        requireNonNull(auditKept, "auditKept is null");
        requireNonNull(metrics, "metrics is null");
    }

    /**
     * Reads what the settings name.
     *
     * @param heapBytes of the controller
     * @throws ProblemException with one sentence when a file is not what it should be
     */
    static ControllerSetup of(Settings settings, long heapBytes) {
        return new ControllerSetup(
                limits(settings, heapBytes),
                rates(settings),
                new PasswordChecks.LockOut(
                        settings.get(ControllerSettings.LOCK_OUT_AFTER),
                        settings.get(ControllerSettings.LOCK_OUT_TIME)),
                settings.get(ControllerSettings.TOKEN_LIFE),
                new ImageLimits(
                        settings.get(ControllerSettings.LARGEST_IMAGE),
                        settings.get(ControllerSettings.DISK_RESERVE),
                        settings.get(ControllerSettings.UPLOADS),
                        settings.get(ControllerSettings.UPLOADS_PER_PROJECT),
                        settings.get(ControllerSettings.UPLOAD_TIME),
                        settings.get(ControllerSettings.COPIES)),
                proxies(settings),
                tls(settings),
                policy(settings),
                settings.get(ControllerSettings.DATABASE_CONNECTIONS),
                settings.get(ControllerSettings.AGENT_CONNECTIONS),
                new DatabaseLimits(
                        settings.get(ControllerSettings.LOCK_TIME),
                        settings.get(ControllerSettings.STATEMENT_TIME),
                        settings.get(ControllerSettings.IDLE_TRANSACTION_TIME)),
                settings.get(ControllerSettings.WAIT_FOR_HOSTS),
                settings.get(ControllerSettings.AUDIT_KEPT),
                settings.find(ControllerSettings.METRICS_LISTEN));
    }

    /**
     * The bounds of the API listener.
     *
     * @param heapBytes of the controller
     * @throws ProblemException with one sentence when they would fill the heap
     */
    static DoorLimits limits(Settings settings, long heapBytes) {
        DoorLimits byHeap = DoorLimits.ofHeap(heapBytes);
        int connections = settings.find(ControllerSettings.CONNECTIONS).orElse(byHeap.connections());
        long most = Math.max(byHeap.connections(), heapBytes / LEAST_HEAP_OF_CONNECTION);
        if (connections > most) {
            throw settings.refusal(
                    ControllerSettings.CONNECTIONS,
                    "at most " + most + ", because each one may take 64 KiB of " + heapOf(heapBytes));
        }
        return new DoorLimits(
                connections,
                settings.get(ControllerSettings.CONNECTIONS_PER_ADDRESS),
                settings.get(ControllerSettings.HEAD_TIME),
                settings.get(ControllerSettings.IDLE_TIME),
                settings.get(ControllerSettings.STALL_TIME),
                Math.toIntExact(settings.get(ControllerSettings.SLOWEST_BODY)),
                settings.get(ControllerSettings.WRITE_TIME),
                heap(settings, byHeap.heap(), heapBytes),
                settings.get(ControllerSettings.REQUESTS_PER_USER),
                settings.get(ControllerSettings.REQUEST_WAIT));
    }

    private static String heapOf(long heapBytes) {
        return "the controller's heap of " + Kind.size(heapBytes >> 20 << 20)
                + ", which SLUICE_JAVA_OPTIONS=-Xmx4g would make 4GiB";
    }

    private static DoorLimits.Heap heap(Settings settings, DoorLimits.Heap usual, long heapBytes) {
        DoorLimits.Heap heap = new DoorLimits.Heap(
                kibibytes(settings, ControllerSettings.BODIES, usual.entityKibibytes()),
                kibibytes(settings, ControllerSettings.ANONYMOUS_BODIES, usual.anonymousKibibytes()),
                kibibytes(settings, ControllerSettings.REPLIES, usual.replyKibibytes()),
                settings.get(ControllerSettings.USER_SHARE),
                settings.get(ControllerSettings.ADDRESS_SHARE),
                settings.get(ControllerSettings.BODY_WAIT));
        long together = ((long) heap.entityKibibytes() + heap.anonymousKibibytes() + heap.replyKibibytes()) << 10;
        // Whoever fills the heap ends the controller, and all else that it does needs some, too.
        List.of(ControllerSettings.BODIES, ControllerSettings.REPLIES, ControllerSettings.ANONYMOUS_BODIES).stream()
                .filter(setting ->
                        together > heapBytes / 2 && settings.find(setting).isPresent())
                .max(Comparator.comparingLong(settings::get))
                .ifPresent(largest -> {
                    throw settings.refusal(
                            largest,
                            "less: limits.bodies, limits.anonymous-bodies and limits.replies together may take half, and"
                                    + " would take " + Kind.size(together) + ", of " + heapOf(heapBytes));
                });
        return heap;
    }

    private static int kibibytes(Settings settings, Setting<Long> bytes, int usual) {
        return settings.find(bytes).map(set -> Math.toIntExact(set >> 10)).orElse(usual);
    }

    private static RateLimits rates(Settings settings) {
        return new RateLimits(
                rate(settings, ControllerSettings.ADDRESS_RATE, ControllerSettings.ADDRESS_BURST),
                rate(settings, ControllerSettings.FAILED_LOG_IN_RATE, ControllerSettings.FAILED_LOG_IN_BURST),
                rate(settings, ControllerSettings.CALLER_RATE, ControllerSettings.CALLER_BURST));
    }

    private static RateLimits.Rate rate(Settings settings, Setting<Integer> perSecond, Setting<Integer> burst) {
        return new RateLimits.Rate(settings.get(perSecond), settings.get(burst));
    }

    private static Proxies proxies(Settings settings) {
        return new Proxies(
                settings.find(ControllerSettings.PUBLIC_URL).map(URI::toString),
                settings.get(ControllerSettings.TRUSTED_PROXIES).stream()
                        .map(text -> Proxies.network(text)
                                .orElseThrow(() -> settings.refusal(
                                        ControllerSettings.TRUSTED_PROXIES,
                                        ControllerSettings.TRUSTED_PROXIES
                                                .kind()
                                                .wanted())))
                        .toList());
    }

    static Optional<TlsFiles> tls(Settings settings) {
        Optional<Path> certificate = settings.find(ControllerSettings.TLS_CERT);
        Optional<Path> key = settings.find(ControllerSettings.TLS_KEY);
        if (certificate.isPresent() != key.isPresent()) {
            throw certificate.isPresent()
                    ? settings.refusal(ControllerSettings.TLS_CERT, "given together with tls.key (--tls-key)")
                    : settings.refusal(ControllerSettings.TLS_KEY, "given together with tls.cert (--tls-cert)");
        }
        try {
            return certificate.map(file -> TlsFiles.read(file, key.orElseThrow()));
        } catch (IllegalArgumentException unusable) {
            throw refused("TlsUnusable", String.valueOf(unusable.getMessage()), unusable);
        }
    }

    /** The policy file, if there is one, which goes with the rules that this program has. */
    static Optional<PolicyFile> policy(Settings settings) {
        return settings.find(ControllerSettings.POLICY_FILE).map(file -> {
            try {
                PolicyFile policy = PolicyFile.read(file);
                Policy _ = policy.over(ShippedRules.policy());
                return policy;
            } catch (IOException unreadable) {
                throw refused(
                        "PolicyUnusable",
                        "The policy file " + file + " cannot be read: " + FileFailure.reason(unreadable) + ".",
                        unreadable);
            } catch (IllegalArgumentException unsound) {
                throw refused("PolicyUnusable", String.valueOf(unsound.getMessage()), unsound);
            }
        });
    }

    /** The shipped rules with the operator's in their place. */
    Policy over(Policy shipped) {
        return policy.map(file -> file.over(shipped)).orElse(shipped);
    }

    /** What is wrong with the files that the settings name, each in a sentence. */
    static List<String> troubles(Settings settings) {
        return Stream.<Supplier<Optional<?>>>of(
                        () -> tls(settings),
                        () -> policy(settings),
                        () -> settings.findText(ControllerSettings.DATABASE),
                        () -> settings.findText(HostSettings.JOIN))
                .flatMap(file -> trouble(file).stream())
                .toList();
    }

    private static Optional<String> trouble(Supplier<Optional<?>> file) {
        try {
            Optional<?> _ = file.get();
            return Optional.empty();
        } catch (ProblemException refused) {
            return Optional.of(refused.problem().text());
        }
    }

    /** How clients get in: by the public URL, if there is one. */
    Credentials.Entrance entrance(String url) {
        return new Credentials.Entrance(
                proxies.publicUrl().orElse(url) + "/identity/v3", tls.flatMap(TlsFiles::ownAuthority));
    }

    /** Where hosts' agents connect, when nothing else is said the port after that of the APIs. */
    static Listen agents(Settings settings) {
        return settings.find(ControllerSettings.AGENT_LISTEN)
                .orElseGet(() -> settings.get(ControllerSettings.LISTEN).next());
    }

    /**
     * Finds out before anything is started whether we may listen there.
     *
     * @throws ProblemException when an address is taken or not ours
     */
    static void expectFree(Settings settings) {
        expectFree(settings.get(ControllerSettings.LISTEN), "--listen");
        expectFree(agents(settings), "--agent-listen");
        settings.find(ControllerSettings.METRICS_LISTEN).ifPresent(listen -> expectFree(listen, "--metrics-listen"));
    }

    private static void expectFree(Listen listen, String option) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(listen.socketAddress());
        } catch (BindException taken) {
            throw cannotListen(
                    "Sluice cannot listen on " + listen + " (" + taken.getMessage() + "); choose another with " + option
                            + ".",
                    taken);
        } catch (IOException failure) {
            throw cannotListen("Sluice cannot listen on " + listen + ": " + failure.getMessage() + ".", failure);
        }
    }

    private static ProblemException cannotListen(String sentence, Exception cause) {
        return new ProblemException(Problem.of(Problem.Kind.CONFLICT, "CannotListen", sentence), cause);
    }

    private static ProblemException refused(String code, String sentence, Exception cause) {
        return new ProblemException(Problem.of(Problem.Kind.BAD_REQUEST, code, sentence), cause);
    }
}
