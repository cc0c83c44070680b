package org.sluice.cli.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a controller can be told, also that of {@code up}. */
public final class ControllerSettings {
    private static final String BY_HEAP = "by the size of the heap";
    private static final Kind<Integer> RATE = Kind.count(1, 100_000_000);
    private static final Set<Role> TAKEN_BY = Set.of(Role.UP, Role.CONTROLLER);

    public static final Setting<Listen> LISTEN = of(
                    "listen", Kind.listener(), "127.0.0.1:8774", "Where the OpenStack APIs listen.")
            .flag("--listen");

    public static final Setting<Listen> AGENT_LISTEN = optional(
                    "agent-listen",
                    Kind.listener(),
                    "the next port",
                    "Where the hosts' agents connect, with mutual TLS.")
            .flag("--agent-listen");

    public static final Setting<Listen> METRICS_LISTEN = optional(
                    "metrics-listen",
                    Kind.listener(),
                    "nowhere",
                    "Where /metrics is read without a token, by whoever reaches it.")
            .flag("--metrics-listen");

    public static final Setting<URI> PUBLIC_URL = optional(
                    "public-url",
                    Kind.base(List.of("http", "https"), "https://cloud.example"),
                    "as each client reached it",
                    "The base of every URL that is handed out: the catalog's, links, openrc.")
            .flag("--public-url");

    public static final Setting<List<String>> TRUSTED_PROXIES = new Setting<>(
            "trusted-proxies",
            Kind.list("NETWORKS", "a list of addresses and networks such as 10.0.0.0/8", Kind::network),
            new Setting.Usual.Value(List.of()),
            "Proxies whose Forwarded and X-Forwarded-* headers are believed.",
            Optional.of("--trusted-proxies"),
            false,
            TAKEN_BY);

    public static final Setting<Path> POLICY_FILE = optional(
                    "policy-file",
                    Kind.path("FILE"),
                    "every rule as it is shipped",
                    "YAML mapping of policy rules to checks that take the place of the shipped ones.")
            .flag("--policy");

    public static final Setting<Path> TLS_CERT = optional(
                    "tls.cert",
                    Kind.path("FILE"),
                    "no TLS",
                    "PEM file of the APIs' certificate and those that vouch for it; read again when it changes.")
            .flag("--tls-cert");

    public static final Setting<Path> TLS_KEY = optional(
                    "tls.key",
                    Kind.path("FILE"),
                    "no TLS",
                    "PEM file of that certificate's private key, PKCS#8, EC or RSA, without a password.")
            .flag("--tls-key");

    public static final Setting<Integer> CONNECTIONS = optional(
            "limits.connections",
            Kind.count(1, 1_000_000),
            BY_HEAP,
            "How many connections of clients are open at a time, at most one for each 64 KiB of the heap; the next one is"
                    + " refused.");

    public static final Setting<Integer> CONNECTIONS_PER_ADDRESS = of(
            "limits.connections-per-address",
            Kind.count(1, 1_000_000),
            "256",
            "How many of them one IPv4 address or IPv6 /64 may have; raise it behind a proxy.");

    public static final Setting<Duration> HEAD_TIME = of(
            "limits.head-time",
            Kind.duration("100ms", "1h"),
            "15s",
            "From a connection's start, or a later request's first byte, to the end of the headers.");

    public static final Setting<Duration> IDLE_TIME = of(
            "limits.idle-time",
            Kind.duration("100ms", "1d"),
            "60s",
            "How long a connection may wait for its next request.");

    public static final Setting<Duration> STALL_TIME = of(
            "limits.stall-time",
            Kind.duration("100ms", "1h"),
            "10s",
            "How long a client may be behind limits.slowest-body while a body is read.");

    public static final Setting<Long> SLOWEST_BODY = of(
            "limits.slowest-body",
            Kind.size("1B", "1GiB"),
            "4KiB",
            "What a client must send of a body in a second, on average.");

    public static final Setting<Duration> WRITE_TIME = of(
            "limits.write-time",
            Kind.duration("100ms", "1h"),
            "30s",
            "How long a client may take for 64 KiB of a reply.");

    public static final Setting<Long> BODIES = optional(
            "limits.bodies",
            Kind.size("1MiB", "1TiB"),
            "an eighth of the heap",
            "Request bodies that are kept in the heap at a time, all together; with limits.anonymous-bodies and"
                    + " limits.replies at most half of it.");

    public static final Setting<Long> ANONYMOUS_BODIES = optional(
            "limits.anonymous-bodies",
            Kind.size("1MiB", "1TiB"),
            "a sixty-fourth of the heap",
            "The same for bodies of callers nobody has vouched for.");

    public static final Setting<Long> REPLIES = optional(
            "limits.replies",
            Kind.size("4MiB", "1TiB"),
            "a sixteenth of the heap",
            "Replies, and rows that they are made of, that are kept in the heap at a time, all together.");

    public static final Setting<Integer> USER_SHARE = of(
            "limits.user-share",
            Kind.count(1, 100),
            "25",
            "How many percent of limits.bodies and of limits.replies one user may hold; above it the answer is 429.");

    public static final Setting<Integer> ADDRESS_SHARE = of(
            "limits.address-share",
            Kind.count(1, 100),
            "12",
            "How many percent of limits.anonymous-bodies one IPv4 address or IPv6 /64 may hold; raise it behind a proxy"
                    + " that is not named in trusted-proxies.");

    public static final Setting<Duration> BODY_WAIT = of(
            "limits.body-wait",
            Kind.duration("1ms", "1m"),
            "2s",
            "How long a body or a reply waits for others to make room; then the answer is 503.");

    public static final Setting<Integer> REQUESTS_PER_USER = of(
            "limits.requests-per-user",
            Kind.count(1, 10_000),
            "8",
            "How many requests of one user are worked on at a time, the others wait; keep it below database.connections.");

    public static final Setting<Duration> REQUEST_WAIT = of(
            "limits.request-wait",
            Kind.duration("1ms", "10m"),
            "5s",
            "How long a request waits for others of its user; then the answer is 429.");

    public static final Setting<Integer> ADDRESS_RATE = of(
            "rates.address",
            RATE,
            "4000",
            "Requests a second of one IPv4 address or IPv6 /64; above it the answer is 429.");

    public static final Setting<Integer> ADDRESS_BURST =
            of("rates.address-burst", RATE, "20000", "How many of them may come at once.");

    public static final Setting<Integer> FAILED_LOG_IN_RATE =
            of("rates.failed-log-ins", RATE, "20", "Failed attempts to log in a second of one address.");

    public static final Setting<Integer> FAILED_LOG_IN_BURST =
            of("rates.failed-log-ins-burst", RATE, "100", "How many of them may come at once.");

    public static final Setting<Integer> CALLER_RATE =
            of("rates.caller", RATE, "2000", "Requests a second of one user in one project.");

    public static final Setting<Integer> CALLER_BURST =
            of("rates.caller-burst", RATE, "10000", "How many of them may come at once.");

    public static final Setting<Duration> TOKEN_LIFE = of(
            "log-ins.token-life",
            Kind.duration("1m", "1d"),
            "1h",
            "How long a token by password is good for; one by token ends with the token that it was asked for with.");

    public static final Setting<Integer> LOCK_OUT_AFTER = of(
            "log-ins.lock-out-after",
            Kind.count(1, 1_000_000),
            "10",
            "After how many wrong passwords for one user from one IPv4 address or IPv6 /64 within log-ins.lock-out-time the"
                    + " answer is 429.");

    public static final Setting<Duration> LOCK_OUT_TIME = of(
            "log-ins.lock-out-time",
            Kind.duration("1s", "1d"),
            "5m",
            "How long they count, from the first one on; then the user may try again from there.");

    public static final Setting<Long> LARGEST_IMAGE = of(
                    "images.largest", Kind.size("1B", "1024TiB"), "64GiB", "Largest image that an upload may bring.")
            .flag("--largest-image");

    public static final Setting<Long> DISK_RESERVE = of(
                    "images.disk-reserve",
                    Kind.size("0B", "1024TiB"),
                    "1GiB",
                    "Room on the data directory's disk that uploads of images leave free.")
            .flag("--disk-reserve");

    public static final Setting<Integer> UPLOADS =
            of("images.uploads", Kind.count(1, 10_000), "32", "How many images may come in at once.");

    public static final Setting<Integer> UPLOADS_PER_PROJECT = of(
            "images.uploads-per-project",
            Kind.count(1, 10_000),
            "8",
            "How many of those may be of one project; above it the answer is 429.");

    public static final Setting<Duration> UPLOAD_TIME = of(
            "images.upload-time",
            Kind.duration("1s", "30d"),
            "12h",
            "How long an image may take to come in; then the answer is 408.");

    public static final Setting<Integer> COPIES = of(
            "images.copies",
            Kind.count(1, 100),
            "2",
            "How many of those may write into the database at once; the others wait.");

    public static final Setting<String> DATABASE = optional(
                    "database.url",
                    Kind.text(
                            "URL",
                            "a URL such as postgresql://user:password@host:5432/sluice or @FILE, whose first line is one"),
                    "a PostgreSQL of its own in the data directory",
                    "Your PostgreSQL: jdbc:postgresql://HOST/DATABASE?user=NAME&password=SECRET"
                            + " or postgresql://...; @FILE reads it from a file, which keeps the password out of the list"
                            + " of processes.")
            .flag("--database")
            .hidden()
            .takenBy(Role.CONTROLLER);

    public static final Setting<Integer> DATABASE_CONNECTIONS = of(
                    "database.connections",
                    Kind.count(1, 10_000),
                    "12",
                    "Connections to PostgreSQL for requests, besides one that listens, database.agent-connections and 3 and"
                            + " images.copies for the bytes of images.")
            .flag("--connections");

    public static final Setting<Integer> AGENT_CONNECTIONS = of(
            "database.agent-connections",
            Kind.count(1, 10_000),
            "8",
            "Connections to PostgreSQL for the hosts' agents; one serves some hundred hosts.");

    public static final Setting<Duration> LOCK_TIME = of(
            "database.lock-time",
            Kind.duration("10ms", "1h"),
            "10s",
            "How long a statement waits for what another transaction holds; then the answer is 503.");

    public static final Setting<Duration> STATEMENT_TIME = of(
            "database.statement-time",
            Kind.duration("100ms", "1h"),
            "15s",
            "How long a statement may run; a PostgreSQL that says nothing is given up 5 s later.");

    public static final Setting<Duration> IDLE_TRANSACTION_TIME = of(
            "database.idle-transaction-time",
            Kind.duration("100ms", "1h"),
            "30s",
            "How long PostgreSQL keeps a transaction in which nothing is asked.");

    public static final Setting<Duration> WAIT_FOR_HOSTS = of(
            "scheduling.wait-for-hosts",
            Kind.duration("0s", "1h"),
            "60s",
            "How long a server that no host takes stays in BUILD for one that is just coming back: that fell silent, or is not"
                    + " heard yet after the start of the controller, no longer ago than that. With 0s it ends in ERROR at once.");

    public static final Setting<Duration> AUDIT_KEPT = of(
            "audit.keep",
            Kind.duration("31d", "36500d"),
            "400d",
            "How long events of the audit log are kept; they go by whole months. Of several controllers the shortest time counts.");

    private ControllerSettings() {}

    private static <T> Setting<T> of(String name, Kind<T> kind, String usual, String meaning) {
        return Setting.of(name, kind, usual, meaning).takenBy(Role.UP, Role.CONTROLLER);
    }

    private static <T> Setting<T> optional(String name, Kind<T> kind, String otherwise, String meaning) {
        return Setting.optional(name, kind, otherwise, meaning).takenBy(Role.UP, Role.CONTROLLER);
    }

    /** All of them, in the order of the document. */
    public static List<Setting<?>> all() {
        return List.of(
                LISTEN,
                AGENT_LISTEN,
                METRICS_LISTEN,
                PUBLIC_URL,
                TRUSTED_PROXIES,
                POLICY_FILE,
                TLS_CERT,
                TLS_KEY,
                CONNECTIONS,
                CONNECTIONS_PER_ADDRESS,
                HEAD_TIME,
                IDLE_TIME,
                STALL_TIME,
                SLOWEST_BODY,
                WRITE_TIME,
                BODIES,
                ANONYMOUS_BODIES,
                REPLIES,
                USER_SHARE,
                ADDRESS_SHARE,
                BODY_WAIT,
                REQUESTS_PER_USER,
                REQUEST_WAIT,
                ADDRESS_RATE,
                ADDRESS_BURST,
                FAILED_LOG_IN_RATE,
                FAILED_LOG_IN_BURST,
                CALLER_RATE,
                CALLER_BURST,
                TOKEN_LIFE,
                LOCK_OUT_AFTER,
                LOCK_OUT_TIME,
                LARGEST_IMAGE,
                DISK_RESERVE,
                UPLOADS,
                UPLOADS_PER_PROJECT,
                UPLOAD_TIME,
                COPIES,
                DATABASE,
                DATABASE_CONNECTIONS,
                AGENT_CONNECTIONS,
                LOCK_TIME,
                STATEMENT_TIME,
                IDLE_TRANSACTION_TIME,
                WAIT_FOR_HOSTS,
                AUDIT_KEPT);
    }
}
