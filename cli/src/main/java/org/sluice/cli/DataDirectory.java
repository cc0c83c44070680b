package org.sluice.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.file.DurableFiles;
import org.sluice.model.FileFailure;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/**
 * Where one cloud on this machine keeps everything, and who holds it. One process holds a directory at a time, by a file
 * lock that the kernel drops when the process ends, however it ends.
 *
 * @param path the directory
 */
public record DataDirectory(Path path) {
    private static final Set<PosixFilePermission> OWNER_ENTERS = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_WRITES =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** Checks for null. */
    public DataDirectory {
        requireNonNull(path, "path is null");
    }

    /** The directory an option names, or /var/lib/sluice for root and the XDG data directory for everyone else. */
    public static DataDirectory of(@Nullable Path chosen, Map<String, String> environment) {
        if (chosen != null) {
            return new DataDirectory(chosen.toAbsolutePath().normalize());
        }
        if (System.getProperty("user.name").equals("root")) {
            return new DataDirectory(Path.of("/var/lib/sluice"));
        }
        @Nullable String xdg = environment.get("XDG_DATA_HOME");
        Path base = xdg == null || xdg.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".local", "share")
                : Path.of(xdg);
        return new DataDirectory(base.resolve("sluice"));
    }

    Path postgres() {
        return path.resolve("postgres");
    }

    Path log() {
        return path.resolve("sluice.log");
    }

    /** A line for every request. */
    Path accessLog() {
        return path.resolve("access.log");
    }

    /** The log of {@code up} and of the agents in its process. */
    Path upLog() {
        return path.resolve("up.log");
    }

    /** {@link Started}. */
    Path startedWith() {
        return path.resolve("started-with");
    }

    Path openrc() {
        return path.resolve("openrc");
    }

    Path clouds() {
        return path.resolve("clouds.yaml");
    }

    Path adminPassword() {
        return path.resolve("admin-password");
    }

    /** Images on their way into the database. */
    Path uploads() {
        return path.resolve("uploads");
    }

    Path lab() {
        return path.resolve("lab");
    }

    /** What the traffic tester must put back. */
    public Path traffic() {
        return path.resolve("traffic");
    }

    /** The agents of up. */
    Path hosts() {
        return path.resolve("hosts");
    }

    /** The agent of this machine, or of the simulated host of that name. */
    Path agent(String host) {
        return hosts().resolve(host);
    }

    private Path lockFile() {
        return path.resolve("lock");
    }

    private Path processFile() {
        return path.resolve("process");
    }

    private Path controllerFile() {
        return path.resolve("controller");
    }

    /**
     * A process that holds a directory.
     *
     * @param id its process id
     * @param started when it started, which tells it from a later process with the same id: ticks since the boot and the boot's
     *     id, both of the kernel, since the clock may be set while it runs; empty of one that was gone already. The version
     *     before wrote an instant
     */
    record Holder(long id, String started) {
        private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
        /** proc_pid_stat(5): starttime is field 22; the name, field 2, stands in parentheses and may have any in it. */
        private static final int TICKS_AFTER_NAME = 22 - 3;

        Holder {
            requireNonNull(started, "started is null");
        }

        static Holder of(ProcessHandle process) {
            return new Holder(process.pid(), startOf(process.pid()));
        }

        /** What a file says, written by {@link #text}. */
        static Optional<Holder> in(Path file) throws IOException {
            try {
                List<String> lines = Files.readAllLines(file);
                return lines.size() < 2
                        ? Optional.empty()
                        : Optional.of(new Holder(Long.parseLong(lines.get(0)), lines.get(1)));
            } catch (NoSuchFileException none) {
                return Optional.empty();
            }
        }

        String text() {
            return id + "\n" + started + "\n";
        }

        /** The process, if it is still that one. */
        Optional<ProcessHandle> alive() {
            return ProcessHandle.of(id)
                    .filter(ProcessHandle::isAlive)
                    .filter(process ->
                            !started.isEmpty() && (started.equals(startOf(id)) || started.equals(instantOf(process))));
        }

        private static String startOf(long id) {
            String stat;
            try {
                stat = Files.readString(Path.of("/proc", Long.toString(id), "stat"), ISO_8859_1);
            } catch (IOException gone) {
                return "";
            }
            String ticks = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[TICKS_AFTER_NAME];
            try {
                return ticks + " " + Files.readString(BOOT).strip();
            } catch (IOException noProc) {
                throw new UncheckedIOException("the kernel does not say which boot this is", noProc);
            }
        }

        private static String instantOf(ProcessHandle process) {
            return process.info().startInstant().map(Instant::toString).orElse("");
        }
    }

    /** The right to use a directory, until closed. */
    static final class Lock implements AutoCloseable {
        private final DataDirectory directory;
        private final FileChannel channel;

        private Lock(DataDirectory directory, FileChannel channel) {
            this.directory = directory;
            this.channel = channel;
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(directory.processFile());
            channel.close();
        }
    }

    /**
     * Makes the directory when it is missing and takes it for this process.
     *
     * @throws ProblemException when another process holds it, or it cannot be written
     */
    Lock hold() {
        try {
            makePrivate(path);
            Optional<Lock> lock = tryHold();
            if (lock.isEmpty()) {
                String who =
                        holder().map(holder -> " (process " + holder.id() + ")").orElse("");
                throw Problem.of(
                                Problem.Kind.CONFLICT,
                                "AlreadyRunning",
                                "Sluice already runs on " + path + who + "; stop it with: sluice down --data " + path)
                        .asException();
            }
            return lock.get();
        } catch (AccessDeniedException denied) {
            throw refused(
                    "The data directory " + path + " cannot be written by user " + System.getProperty("user.name")
                            + "; choose another with --data.",
                    denied);
        } catch (IOException failure) {
            throw unusable(failure);
        }
    }

    /** That it cannot be used, and why. */
    ProblemException unusable(IOException failure) {
        return refused("The data directory " + path + " cannot be used: " + FileFailure.reason(failure) + ".", failure);
    }

    /** Takes the directory if nobody else holds it. */
    Optional<Lock> tryHold() throws IOException {
        FileChannel channel = FileChannel.open(
                lockFile(),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                OWNER_WRITES);
        try {
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
        } catch (OverlappingFileLockException ownProcess) {
            channel.close();
            return Optional.empty();
        }
        write(processFile(), Holder.of(ProcessHandle.current()).text());
        return Optional.of(new Lock(this, channel));
    }

    /** Who said last that it holds the directory; it may be gone. */
    Optional<Holder> holder() throws IOException {
        return Holder.in(processFile());
    }

    /** Which process is the controller of {@code up} from now on. */
    void writeController(ProcessHandle controller) throws IOException {
        write(controllerFile(), Holder.of(controller).text());
    }

    /** Which process was said last to be the controller of {@code up}; it may be gone. */
    Optional<Holder> controller() throws IOException {
        return Holder.in(controllerFile());
    }

    /** Makes a directory that is its owner's alone, also when it was there and was not. */
    static void makePrivate(Path directory) throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ENTERS));
        if (!Files.getPosixFilePermissions(directory).equals(OWNER_ENTERS)) {
            Files.setPosixFilePermissions(directory, OWNER_ENTERS);
        }
    }

    /** Lets QEMU's user, and with it everybody, pass to a disk below; nobody may list it. */
    static void letPass(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }

    /** Writes a file that only its owner reads, whole or not at all; when this returns, it survives a loss of power. */
    static void writeSecret(Path file, String text) throws IOException {
        DurableFiles.write(file, text.getBytes(UTF_8), OWNER_WRITES);
    }

    /** The same for what says nothing after a loss of power, and so need not wait for the disk. */
    private static void write(Path file, String text) throws IOException {
        DurableFiles.replace(file, text.getBytes(UTF_8), OWNER_WRITES);
    }

    private static ProblemException refused(String sentence, Exception cause) {
        return new ProblemException(Problem.of(Problem.Kind.UNAVAILABLE, "DataDirectoryUnusable", sentence), cause);
    }
}
