package org.sluice.controller.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.sluice.model.Problem;

/**
 * The user under which PostgreSQL runs when we are root, because it refuses to run as root: {@code sluice}, which is made
 * when the machine has none. Nobody else's processes may run as it, since whoever does reads the database, and who reads the
 * database is the cluster; that rules out {@code nobody}, which every other daemon shares. A data directory that belongs to
 * a user of its own keeps that owner. See docs/decisions/0013.
 *
 * @param user numeric user id
 * @param group numeric primary group
 */
record UnprivilegedUser(int user, int group) {
    private static final Path PASSWD = Path.of("/etc/passwd");
    private static final String NAME = "sluice";
    private static final String SHARED_NAME = "nobody";
    /** {@code nobody} on most systems, also where it has no name: what a user namespace shows of users it does not map. */
    private static final int OVERFLOW_USER = 65_534;

    private record Account(String name, int user, int group) {}

    /**
     * The user to run under; empty when we are not root and the server runs as ourselves.
     *
     * @param data the server's data directory, which may not be there yet
     * @param news told of a user that was made
     */
    static Optional<UnprivilegedUser> forServer(Path data, Consumer<String> news)
            throws IOException, InterruptedException {
        if (!runningAsRoot()) {
            return Optional.empty();
        }
        List<Account> accounts = accounts();
        if (Files.isDirectory(data)) {
            int owner = (Integer) Files.getAttribute(data, "unix:uid");
            int group = (Integer) Files.getAttribute(data, "unix:gid");
            boolean shared = owner == OVERFLOW_USER
                    || accounts.stream().anyMatch(each -> each.name().equals(SHARED_NAME) && each.user() == owner);
            if (owner != 0 && !shared) {
                return Optional.of(new UnprivilegedUser(owner, group));
            }
        }
        Optional<UnprivilegedUser> own = find(accounts);
        return own.isPresent() ? own : Optional.of(make(news));
    }

    private static List<Account> accounts() throws IOException {
        return Files.readAllLines(PASSWD, StandardCharsets.UTF_8).stream()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length >= 4)
                .map(fields -> new Account(fields[0], Integer.parseInt(fields[2]), Integer.parseInt(fields[3])))
                .toList();
    }

    private static Optional<UnprivilegedUser> find(List<Account> accounts) {
        return accounts.stream()
                .filter(each -> each.name().equals(NAME))
                .map(each -> new UnprivilegedUser(each.user(), each.group()))
                .findFirst();
    }

    private static UnprivilegedUser make(Consumer<String> news) throws IOException, InterruptedException {
        String said;
        try {
            Process useradd = new ProcessBuilder(
                            "useradd",
                            "--system",
                            "--user-group",
                            "--no-create-home",
                            "--home-dir",
                            "/nonexistent",
                            "--shell",
                            "/usr/sbin/nologin",
                            NAME)
                    .redirectErrorStream(true)
                    .start();
            said = new String(useradd.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int _ = useradd.waitFor();
        } catch (IOException missing) {
            said = String.valueOf(missing.getMessage());
        }
        // Two starts at once: one makes it, and both find it.
        Optional<UnprivilegedUser> made = find(accounts());
        if (made.isEmpty()) {
            throw Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "NoUnprivilegedUser",
                            "PostgreSQL does not run as root, and the user \"sluice\" for it could not be made (" + said
                                    + "); add it, or run Sluice as a user that is not root.")
                    .asException();
        }
        if (said.isEmpty()) {
            news.accept("Made the system user \"sluice\" (uid " + made.get().user() + "), as which PostgreSQL runs.");
        }
        return made.get();
    }

    /** Gives a file or directory to this user. */
    void own(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
        Files.setAttribute(path, "unix:gid", group, LinkOption.NOFOLLOW_LINKS);
    }

    /** Gives a directory with all it contains to this user, unless it has it already. */
    void ownAll(Path root) throws IOException {
        if ((Integer) Files.getAttribute(root, "unix:uid") == user) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            // The root last: a walk that was cut short is done again.
            for (Path each : (Iterable<Path>) all.filter(path -> !path.equals(root))::iterator) {
                own(each);
            }
        }
        own(root);
    }

    /** The words before a command that make it run as this user, without any way back. */
    List<String> prefix() {
        return List.of(
                "setpriv",
                "--reuid=" + user,
                "--regid=" + group,
                "--clear-groups",
                "--bounding-set=-all",
                "--inh-caps=-all",
                "--no-new-privs");
    }

    private static boolean runningAsRoot() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    }
}
