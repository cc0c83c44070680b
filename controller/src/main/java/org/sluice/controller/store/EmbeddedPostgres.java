package org.sluice.controller.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * A PostgreSQL of our own on one data directory: initialised at the first start, durable ({@code fsync} and
 * {@code synchronous_commit} are on), on a loopback port of its own with a generated password, and small: it shares one
 * machine with the controller and the VMs.
 *
 * <p>PostgreSQL refuses to run as root. When we are root it runs as the user {@code sluice}, which is made when there is
 * none, with every capability dropped; otherwise as ourselves. It runs in a session of its own, so that Ctrl-C
 * in a terminal reaches the controller only.
 *
 * <p>When the controller is killed the server stays. The next start finds it and adopts it when it is healthy, and stops
 * it first when it is not. Nothing but the caller's own lock keeps two controllers from one directory: hold one.
 *
 * <p>Thread-safe once started.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final String NAME = "sluice";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final long LARGEST_LOG_BYTES = 8L << 20;
    private static final FileAttribute<?> OWNER_WRITES =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Pattern PORT = Pattern.compile("(?m)^port = (\\d{1,5})$");

    /**
     * The data directory as the server's own working directory. PostgreSQL insists on an absolute path, and the directories
     * above ours may be closed to the user it runs under; this path needs none of them.
     */
    private static final String WORKING_DIRECTORY = "/proc/self/cwd";

    private final Path data;
    private final ProcessHandle process;
    private final String url;
    private final boolean adopted;

    private EmbeddedPostgres(Path data, ProcessHandle process, String url, boolean adopted) {
        this.data = data;
        this.process = process;
        this.url = url;
        this.adopted = adopted;
    }

    /** Whether what was acknowledged must survive the loss of power; a test's database does without. */
    enum Durability {
        DURABLE,
        FORGETFUL
    }

    /**
     * Starts the server of a directory, or adopts the one that runs there. Returns when it takes connections.
     *
     * @param directory where the server keeps everything: its data, its log and its password; made when missing
     * @param cache where PostgreSQL's programs are unpacked once, see {@link #defaultCache}
     * @param news told in one sentence of what changed on this machine for it: a user that was made
     * @throws ProblemException with a sentence for the operator when it does not start
     */
    public static EmbeddedPostgres start(Path directory, Path cache, Consumer<String> news) {
        return start(directory, cache, Durability.DURABLE, news);
    }

    /** The same, where nobody is to be told but the log. */
    public static EmbeddedPostgres start(Path directory, Path cache) {
        return start(directory, cache, Durability.DURABLE);
    }

    static EmbeddedPostgres start(Path directory, Path cache, Durability durability) {
        return start(directory, cache, durability, log::warn);
    }

    private static EmbeddedPostgres start(Path directory, Path cache, Durability durability, Consumer<String> news) {
        try {
            return new Start(requireNonNull(directory, "directory is null").toAbsolutePath(), cache, durability, news)
                    .run();
        } catch (IOException | SQLException failure) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "PostgresUnavailable",
                            "PostgreSQL could not be started in " + directory + ": " + failure.getMessage()),
                    failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ProblemException(
                    Problem.of(Problem.Kind.UNAVAILABLE, "Interrupted", "The start of PostgreSQL was interrupted."),
                    interrupted);
        }
    }

    /** Where its programs are unpacked by default: /var/cache/sluice for root, else the user's XDG cache directory. */
    public static Path defaultCache(Map<String, String> environment) {
        if (System.getProperty("user.name").equals("root")) {
            return Path.of("/var/cache/sluice");
        }
        @Nullable String xdg = environment.get("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("sluice");
    }

    /** The JDBC URL of its database, with credentials. */
    public String url() {
        return url;
    }

    /** Process id of the server. */
    public long processId() {
        return process.pid();
    }

    /** Whether the server already ran and was adopted. */
    public boolean adopted() {
        return adopted;
    }

    /** The JDBC URL of the server that takes connections on a directory, started by whomever; empty when none does. */
    public static Optional<String> urlOfRunning(Path directory) throws IOException {
        Path absolute = directory.toAbsolutePath();
        Path data = absolute.resolve("data");
        Optional<Postmaster> file = Postmaster.of(data).filter(Postmaster::ready);
        boolean runs = file.isPresent()
                && Postmaster.processesIn(data).stream()
                        .anyMatch(each -> each.pid() == file.get().process());
        return runs ? Optional.of(url(absolute, file.get().port(), NAME)) : Optional.empty();
    }

    private static String url(Path directory, int port, String database) throws IOException {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + NAME + "&password="
                + Files.readString(directory.resolve("password")).strip() + "&sslmode=disable";
    }

    /** Waits until the server is gone, whoever ended it. */
    public void awaitEnd() throws InterruptedException {
        try {
            ProcessHandle _ = process.onExit().get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("waiting for process " + process.pid() + " failed", impossible);
        }
    }

    /** Stops the server: open transactions are rolled back, everything committed is on disk. Returns when it is gone. */
    @Override
    public void close() {
        try {
            stop(data, process);
        } catch (IOException failure) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "PostgresUnavailable",
                            "PostgreSQL (process " + process.pid() + ") could not be stopped: " + failure.getMessage()),
                    failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Stops the server that a killed controller left in a directory.
     *
     * @return whether there was one
     */
    public static boolean stopLeftover(Path directory) throws IOException, InterruptedException {
        Path data = directory.toAbsolutePath().resolve("data");
        List<ProcessHandle> left = Postmaster.processesIn(data);
        stopAll(data, left);
        return !left.isEmpty();
    }

    /** The postmaster first: it stops its own children, and restarts them all if it sees one of them end. */
    private static void stopAll(Path data, List<ProcessHandle> processes) throws IOException, InterruptedException {
        long postmaster = Postmaster.of(data).map(Postmaster::process).orElse(-1L);
        for (ProcessHandle process : processes) {
            if (process.pid() == postmaster) {
                stop(data, process);
            }
        }
        for (ProcessHandle process : processes) {
            stop(data, process);
        }
    }

    private static void stop(Path data, ProcessHandle process) throws IOException, InterruptedException {
        // SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one, which recovers at the next start.
        for (String signal : List.of("INT", "QUIT")) {
            if (!process.isAlive()) {
                return;
            }
            signal(process, signal);
            try {
                process.onExit().get(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException stillThere) {
                log.warn("PostgreSQL in {} did not stop within {} after SIG{}", data, STOP_LIMIT, signal);
            } catch (ExecutionException failure) {
                throw new IOException("could not wait for process " + process.pid(), failure);
            }
        }
        if (process.isAlive()) {
            throw new IOException("process " + process.pid() + " does not end");
        }
    }

    private static void signal(ProcessHandle process, String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                .redirectErrorStream(true)
                .start();
        String said = new String(kill.getInputStream().readAllBytes(), UTF_8).strip();
        if (kill.waitFor() != 0 && process.isAlive()) {
            throw new IOException("SIG" + signal + " could not be sent: " + said);
        }
    }

    /** One start, from whatever the directory holds to a server that takes connections. */
    private static final class Start {
        private final Path directory;
        private final Path data;
        private final Path password;
        private final Path log;
        private final Durability durability;
        private final PostgresBinaries binaries;
        private final Optional<UnprivilegedUser> user;

        Start(Path directory, Path cache, Durability durability, Consumer<String> news)
                throws IOException, InterruptedException {
            this.directory = directory;
            this.data = directory.resolve("data");
            this.password = directory.resolve("password");
            this.log = directory.resolve("log");
            this.durability = durability;
            this.binaries = PostgresBinaries.unpackedIn(cache);
            this.user = UnprivilegedUser.forServer(data, news);
        }

        EmbeddedPostgres run() throws IOException, SQLException, InterruptedException {
            if (!Files.isDirectory(data)) {
                initialise();
            }
            changeOwner();
            Optional<EmbeddedPostgres> running = adopt();
            if (running.isPresent()) {
                return running.get();
            }
            int port = port();
            writeSettings(port);
            EmbeddedPostgres server = new EmbeddedPostgres(data, launch(), url(port, NAME), false);
            try {
                awaitReady(server.process);
                makeDatabase(port);
            } catch (IOException | SQLException | InterruptedException failure) {
                stop(data, server.process);
                throw failure;
            }
            return server;
        }

        /** Makes the data directory under another name first, so that a half-made one is never taken for a database. */
        private void initialise() throws IOException, InterruptedException {
            Files.createDirectories(directory);
            own(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            Path unfinished = directory.resolve("data.new");
            FileTrees.delete(unfinished);
            Files.createDirectory(unfinished);
            own(unfinished);
            writePassword();
            List<String> command =
                    new ArrayList<>(user.map(UnprivilegedUser::prefix).orElse(List.of()));
            command.addAll(List.of(
                    binaries.program("initdb").toString(),
                    "--pgdata=" + WORKING_DIRECTORY,
                    "--username=" + NAME,
                    "--pwfile=" + WORKING_DIRECTORY + "/../password",
                    "--auth=scram-sha-256",
                    // Each connection computes them, and 192 random bits need no stretching.
                    "--set=scram_iterations=1",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C",
                    "--no-instructions"));
            if (durability == Durability.FORGETFUL) {
                command.add("--no-sync");
            }
            Process initdb =
                    process(command, unfinished).redirectErrorStream(true).start();
            String said = new String(initdb.getInputStream().readAllBytes(), UTF_8).strip();
            int status = initdb.waitFor();
            if (status != 0) {
                FileTrees.delete(unfinished);
                throw new IOException("initdb ended with status " + status + ": " + said);
            }
            Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
            if (durability != Durability.FORGETFUL) {
                sync(directory);
            }
        }

        private void writePassword() throws IOException {
            byte[] random = new byte[24];
            new SecureRandom().nextBytes(random);
            Files.deleteIfExists(password);
            // On disk before the database is that knows no other.
            try (FileChannel channel = FileChannel.open(
                    password, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_WRITES)) {
                Channels.newOutputStream(channel)
                        .write(HexFormat.of().formatHex(random).getBytes(UTF_8));
                channel.force(true);
            }
            sync(directory);
            own(password);
        }

        /** Has the disk hold the names that are in it. */
        private static void sync(Path directory) throws IOException {
            try (FileChannel named = FileChannel.open(directory, StandardOpenOption.READ)) {
                named.force(true);
            }
        }

        private void own(Path path) throws IOException {
            if (user.isPresent()) {
                user.get().own(path);
            }
        }

        /** A directory of a user that others share becomes that of our own; its server is stopped for that. */
        private void changeOwner() throws IOException, InterruptedException {
            if (user.isPresent()
                    && (Integer) Files.getAttribute(data, "unix:uid")
                            != user.get().user()) {
                stopAll(data, Postmaster.processesIn(data));
                user.get().own(directory);
                user.get().own(password);
                user.get().ownAll(data);
            }
        }

        /** Takes over the server of a controller that was killed; what is there and not healthy is stopped. */
        private Optional<EmbeddedPostgres> adopt() throws IOException, InterruptedException {
            List<ProcessHandle> processes = Postmaster.processesIn(data);
            Optional<Postmaster> file = Postmaster.of(data);
            if (file.isPresent()) {
                long id = file.get().process();
                Optional<ProcessHandle> server =
                        processes.stream().filter(each -> each.pid() == id).findFirst();
                if (server.isPresent()
                        && file.get().ready()
                        && healthy(server.get(), file.get().port())) {
                    return Optional.of(new EmbeddedPostgres(
                            data, server.get(), url(file.get().port(), NAME), true));
                }
            }
            stopAll(data, processes);
            // Nobody works here any more, so the file is stale, even if its process id now belongs to someone else.
            Files.deleteIfExists(Postmaster.file(data));
            return Optional.empty();
        }

        /** Runs the very programs that we would start, and lets us in. */
        private boolean healthy(ProcessHandle server, int port) {
            Path program = binaries.program("postgres");
            boolean ours =
                    server.info().command().map(program.toString()::equals).orElse(false);
            if (!ours) {
                return false;
            }
            try (Connection connection = DriverManager.getConnection(url(port, NAME));
                    Statement statement = connection.createStatement()) {
                return statement.execute("select 1");
            } catch (SQLException | IOException unwell) {
                EmbeddedPostgres.log.warn(
                        "the PostgreSQL that was left in {} does not answer; restarting it", data, unwell);
                return false;
            }
        }

        private Path settings() {
            return data.resolve("postgresql.conf");
        }

        private void writeSettings(int port) throws IOException {
            String synchronous = durability == Durability.DURABLE ? "on" : "off";
            String wanted = """
                    # Written at every start; changes made here are lost.
                    listen_addresses = '127.0.0.1'
                    port = %d
                    unix_socket_directories = ''
                    max_connections = 60
                    shared_buffers = 32MB
                    huge_pages = off
                    io_method = sync
                    work_mem = 2MB
                    maintenance_work_mem = 16MB
                    max_worker_processes = 0
                    max_parallel_workers = 0
                    autovacuum_max_workers = 1
                    autovacuum_worker_slots = 1
                    max_wal_senders = 0
                    wal_level = minimal
                    wal_buffers = 1MB
                    min_wal_size = 32MB
                    max_wal_size = 256MB
                    fsync = %s
                    synchronous_commit = %s
                    full_page_writes = %s
                    jit = off
                    timezone = 'UTC'
                    log_timezone = 'UTC'
                    log_line_prefix = '%%m [%%p] '
                    tcp_keepalives_idle = 60
                    """.formatted(port, synchronous, synchronous, synchronous);
            // A disk that is full must not cost the settings there are.
            if (!Files.exists(settings()) || !Files.readString(settings()).equals(wanted)) {
                Files.writeString(settings(), wanted);
            }
        }

        private ProcessHandle launch() throws IOException {
            if (Files.exists(log) && Files.size(log) > LARGEST_LOG_BYTES) {
                Files.move(log, directory.resolve("log.1"), StandardCopyOption.REPLACE_EXISTING);
            }
            if (!Files.exists(log)) {
                Files.createFile(log, OWNER_WRITES);
            }
            // A session of its own: what a terminal sends to its foreground group is meant for the controller.
            List<String> command = new ArrayList<>(List.of("setsid"));
            command.addAll(user.map(UnprivilegedUser::prefix).orElse(List.of()));
            command.addAll(List.of(binaries.program("postgres").toString(), "-D", WORKING_DIRECTORY));
            return process(command, data)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .start()
                    .toHandle();
        }

        private void awaitReady(ProcessHandle server) throws IOException, InterruptedException {
            long deadline = System.nanoTime() + START_LIMIT.toNanos();
            try (WatchService watch = FileSystems.getDefault().newWatchService()) {
                data.register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
                while (true) {
                    Optional<Postmaster> file = Postmaster.of(data);
                    if (file.isPresent() && file.get().ready() && file.get().process() == server.pid()) {
                        return;
                    }
                    if (!server.isAlive()) {
                        throw new IOException("the server ended while it started; its log says: " + endOfLog());
                    }
                    if (System.nanoTime() > deadline) {
                        throw new IOException("the server did not take connections within " + START_LIMIT.toSeconds()
                                + " s; its log says: " + endOfLog());
                    }
                    var key = watch.poll(200, TimeUnit.MILLISECONDS);
                    if (key != null) {
                        key.pollEvents();
                        key.reset();
                    }
                }
            }
        }

        private String endOfLog() throws IOException {
            List<String> lines = Files.readAllLines(log);
            return String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
        }

        /** The first start leaves only PostgreSQL's own databases. */
        private void makeDatabase(int port) throws SQLException, IOException {
            if (Files.exists(directory.resolve("initialised"))) {
                return;
            }
            try (Connection connection = DriverManager.getConnection(url(port, "postgres"));
                    Statement statement = connection.createStatement()) {
                boolean exists;
                try (var found = statement.executeQuery("select from pg_database where datname = '" + NAME + "'")) {
                    exists = found.next();
                }
                if (!exists) {
                    statement.execute("create database " + NAME);
                }
            }
            Files.createFile(directory.resolve("initialised"), OWNER_WRITES);
        }

        private ProcessBuilder process(List<String> command, Path workingDirectory) {
            ProcessBuilder builder = new ProcessBuilder(command).directory(workingDirectory.toFile());
            @Nullable String path = System.getenv("PATH");
            // Nothing of the caller's PG* variables or locale may reach the server.
            builder.environment().clear();
            builder.environment().put("PATH", path == null ? "/usr/sbin:/usr/bin:/sbin:/bin" : path);
            builder.environment().put("LC_ALL", "C");
            return builder;
        }

        private String url(int port, String database) throws IOException {
            return EmbeddedPostgres.url(directory, port, database);
        }

        /** The one it had, so that whoever knows its URL finds it again; another one if that is taken meanwhile. */
        private int port() throws IOException {
            Optional<Integer> before = Optional.empty();
            if (Files.exists(settings())) {
                Matcher matcher = PORT.matcher(Files.readString(settings()));
                before = matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : before;
            }
            if (before.isPresent()) {
                try (ServerSocket socket = new ServerSocket(before.get(), 1, InetAddress.getLoopbackAddress())) {
                    return socket.getLocalPort();
                } catch (IOException taken) {
                    EmbeddedPostgres.log.info("port {} is taken; PostgreSQL gets another one", before.get(), taken);
                }
            }
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            }
        }
    }
}
