package org.sluice.controller.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sluice.model.Problem;

/**
 * The user under which PostgreSQL runs when we are root, because it refuses to run as root: {@code sluice} when the
 * machine has a user of that name, else {@code nobody}. A data directory that exists keeps the owner it has.
 *
 * @param user numeric user id
 * @param group numeric primary group
 */
record UnprivilegedUser(int user, int group) {
    private static final Path PASSWD = Path.of("/etc/passwd");

    /** The user to run under; empty when we are not root and the server runs as ourselves. */
    static Optional<UnprivilegedUser> forServer(Path data) throws IOException {
        if (!runningAsRoot()) {
            return Optional.empty();
        }
        List<String[]> accounts = Files.readAllLines(PASSWD, StandardCharsets.UTF_8).stream()
                .map(line -> line.split(":", -1))
                .filter(fields -> fields.length >= 4)
                .toList();
        if (Files.isDirectory(data)) {
            int owner = (Integer) Files.getAttribute(data, "unix:uid");
            int group = (Integer) Files.getAttribute(data, "unix:gid");
            if (owner != 0) {
                return Optional.of(new UnprivilegedUser(owner, group));
            }
        }
        for (String name : List.of("sluice", "nobody")) {
            for (String[] fields : accounts) {
                if (fields[0].equals(name)) {
                    return Optional.of(new UnprivilegedUser(Integer.parseInt(fields[2]), Integer.parseInt(fields[3])));
                }
            }
        }
        throw Problem.of(
                        Problem.Kind.UNAVAILABLE,
                        "NoUnprivilegedUser",
                        "PostgreSQL does not run as root and this machine has no user \"sluice\" or \"nobody\"; add one"
                                + " with: useradd --system sluice.")
                .asException();
    }

    /** Gives a file or directory to this user. */
    void own(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", user);
        Files.setAttribute(path, "unix:gid", group);
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
