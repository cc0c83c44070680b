package org.sluice.linux.namespace;

import static java.util.Objects.requireNonNull;
import static org.sluice.linux.kernel.SystemCalls.CLONE_NEWNET;
import static org.sluice.linux.kernel.SystemCalls.CLONE_NEWNS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.FileDescriptor;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.kernel.SystemCalls;

/**
 * An open network namespace. It lives at least as long as this object is open. Thread-safe.
 *
 * <p>A namespace belongs to a thread, not to a process, so nothing here enters one on the caller's thread: {@link #call} starts a
 * platform thread that enters, works and ends. A socket stays in the namespace it was opened in, wherever it is used later.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/network_namespaces.7.html">network_namespaces(7)</a>
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final String SYSFS = "/sys";
    private static final Path NAMED = Path.of("/run/netns");
    private static final String OF_THIS_THREAD = "/proc/thread-self/ns/net";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

    private final FileDescriptor file;

    private NetworkNamespace(FileDescriptor file) {
        this.file = file;
    }

    /** Work that may throw a checked exception. */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object, X extends Exception> {
        /** Does it. */
        T run() throws X;
    }

    /**
     * Creates a named namespace and opens it: {@code ip netns add NAME}. Its loopback device is down.
     *
     * @throws LinuxException code {@code namespace.exists}, or {@code namespace.name} when it is no plain file name
     */
    public static NetworkNamespace create(String name) {
        Path path = path(name);
        shareMountPoint();
        try {
            Path _ = Files.createFile(path);
        } catch (FileAlreadyExistsException exists) {
            throw new LinuxException(
                    "namespace.exists",
                    "The network namespace " + name + " exists already.",
                    "Open it, or delete it first (ip netns delete " + name + ").",
                    exists);
        } catch (IOException failure) {
            throw new UncheckedIOException("The file " + path + " cannot be created.", failure);
        }
        try {
            return onPlatformThread(() -> {
                SystemCalls.unshare(CLONE_NEWNET, "create the network namespace " + name);
                SystemCalls.mount(OF_THIS_THREAD, path.toString(), "none", SystemCalls.MS_BIND);
                return new NetworkNamespace(SystemCalls.open(path.toString(), 0));
            });
        } catch (RuntimeException failure) {
            try {
                delete(name);
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    /** Creates a namespace without a name: {@code unshare --net}. It is gone when this object and every socket in it are closed. */
    public static NetworkNamespace createNameless() {
        return onPlatformThread(() -> {
            SystemCalls.unshare(CLONE_NEWNET, "create a network namespace");
            return new NetworkNamespace(SystemCalls.open(OF_THIS_THREAD, 0));
        });
    }

    /**
     * Opens a named namespace.
     *
     * @throws LinuxException code {@code namespace.missing}
     */
    public static NetworkNamespace open(String name) {
        try {
            return new NetworkNamespace(SystemCalls.open(path(name).toString(), 0));
        } catch (SystemCallException failure) {
            if (failure.errno() == Errno.ENOENT) {
                throw new LinuxException(
                        "namespace.missing",
                        "There is no network namespace " + name + ".",
                        "Create it first (ip netns add " + name + ").",
                        failure);
            }
            throw failure;
        }
    }

    /** Opens the namespace of the calling thread. */
    public static NetworkNamespace ofThisThread() {
        return new NetworkNamespace(SystemCalls.open(OF_THIS_THREAD, 0));
    }

    /** The names of the named namespaces, sorted: {@code ip netns list}. */
    public static List<String> names() {
        if (!Files.isDirectory(NAMED)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(NAMED)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException failure) {
            throw new UncheckedIOException("The folder " + NAMED + " cannot be read.", failure);
        }
    }

    /**
     * Takes the name away: {@code ip netns delete NAME}. The namespace itself ends when its last process, socket and open file
     * do. A name that does not exist is no error.
     */
    public static void delete(String name) {
        Path path = path(name);
        try {
            SystemCalls.unmount(path.toString(), SystemCalls.MNT_DETACH);
        } catch (SystemCallException failure) {
            // EINVAL: a file without a mount, left by a creation that was cut short. ENOENT: nothing there.
            if (failure.errno() != Errno.EINVAL && failure.errno() != Errno.ENOENT) {
                throw failure;
            }
        }
        try {
            boolean _ = Files.deleteIfExists(path);
        } catch (IOException failure) {
            throw new UncheckedIOException("The file " + path + " cannot be deleted.", failure);
        }
    }

    /** Runs the work inside this namespace on a thread of its own and waits for it: {@code ip netns exec}. */
    public <T extends @Nullable Object, X extends Exception> T call(Work<T, X> work) throws X {
        requireNonNull(work, "work is null");
        return onPlatformThread(() -> {
            enter();
            return work.run();
        });
    }

    /** Who may not enter any namespace is still in one, which takes no permission. */
    private void enter() {
        try {
            SystemCalls.setns(file, CLONE_NEWNET);
        } catch (SystemCallException refusal) {
            if (refusal.errno() != Errno.EPERM || !isOfThisThread()) {
                throw refusal;
            }
        }
    }

    private boolean isOfThisThread() {
        try {
            return Files.isSameFile(Path.of("/proc/self/fd/" + file.number()), Path.of(OF_THIS_THREAD));
        } catch (IOException unknown) {
            return false;
        }
    }

    /**
     * Runs the work inside this namespace with {@code /sys} showing this namespace's devices, as {@code ip netns exec} does.
     *
     * <p>A mounted sysfs shows in {@code /sys/class/net} the devices of the namespace it was mounted from, whoever looks. So the
     * work's thread gets mounts of its own, where a fresh sysfs lies on {@code /sys}; nobody else sees it, and it goes away with
     * the thread.
     *
     * @throws SystemCallException EPERM without CAP_SYS_ADMIN, which entering a namespace needs
     * @throws LinuxException code {@code namespace.sysfs}, where a container profile forbids to mount; the work was not begun then
     */
    public <T extends @Nullable Object, X extends Exception> T callWithSysfs(Work<T, X> work) throws X {
        requireNonNull(work, "work is null");
        return call(() -> {
            mountSysfsForThisThread();
            return work.run();
        });
    }

    /** The open file, for messages that pass it to the kernel (IFLA_NET_NS_FD). */
    public FileDescriptor file() {
        return file;
    }

    @Override
    public void close() {
        file.close();
    }

    private static Path path(String name) {
        requireNonNull(name, "name is null");
        if (!NAME.matcher(name).matches()) {
            throw new LinuxException(
                    "namespace.name",
                    "\"" + name + "\" cannot name a network namespace.",
                    "Use letters, digits, dot, dash and underscore, at most 128, starting with a letter or digit.");
        }
        return NAMED.resolve(name);
    }

    /**
     * Makes the folder a shared mount, as {@code ip netns} does: otherwise a namespace deleted here stays mounted, and alive, in
     * every mount namespace that was copied meanwhile.
     */
    private static void shareMountPoint() {
        try {
            Path _ = Files.createDirectories(NAMED);
        } catch (IOException failure) {
            throw new UncheckedIOException("The folder " + NAMED + " cannot be created.", failure);
        }
        try {
            SystemCalls.mount("", NAMED.toString(), "none", SystemCalls.MS_SHARED | SystemCalls.MS_REC);
        } catch (SystemCallException failure) {
            if (failure.errno() != Errno.EINVAL) {
                throw failure;
            }
            // EINVAL: the folder is no mount point yet.
            SystemCalls.mount(NAMED.toString(), NAMED.toString(), "none", SystemCalls.MS_BIND | SystemCalls.MS_REC);
            SystemCalls.mount("", NAMED.toString(), "none", SystemCalls.MS_SHARED | SystemCalls.MS_REC);
        }
    }

    private static void mountSysfsForThisThread() {
        try {
            SystemCalls.unshare(CLONE_NEWNS, "give this thread mounts of its own");
            // First: otherwise the new mount would appear in the whole machine, where / is shared (systemd does that).
            SystemCalls.mount("", "/", "none", SystemCalls.MS_PRIVATE | SystemCalls.MS_REC);
            SystemCalls.mount("sysfs", SYSFS, "sysfs", 0);
        } catch (SystemCallException failure) {
            if (failure.errno() == Errno.EBUSY) {
                // The same file system is mounted there already (fs/namespace.c, do_add_mount), and sysfs has one per
                // network namespace: /sys shows this one.
                return;
            }
            throw new LinuxException(
                    "namespace.sysfs",
                    "The sysfs of the network namespace cannot be mounted for a thread of this process.",
                    "Run with CAP_SYS_ADMIN, for example as root; without it /sys shows another namespace's devices.",
                    failure);
        }
    }

    @SuppressWarnings("unchecked") // The only checked exception the work can throw is its own X.
    private static <T extends @Nullable Object, X extends Exception> T onPlatformThread(Callable<T> work) throws X {
        FutureTask<T> task = new FutureTask<>(work);
        // A platform thread: a virtual one would leave its carrier behind in the other namespace.
        Thread thread = Thread.ofPlatform().name("network namespace").daemon().start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    T result = task.get();
                    thread.join();
                    return result;
                } catch (InterruptedException interruption) {
                    // The work is short and has begun: wait for its end and pass the interruption on.
                    interrupted = true;
                } catch (ExecutionException failure) {
                    Throwable cause = failure.getCause();
                    if (cause instanceof Error error) {
                        throw error;
                    }
                    throw (X) requireNonNull(cause, "cause is null");
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
