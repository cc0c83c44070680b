package org.sluice.agent.enrolment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.linux.file.DurableFiles;
import org.sluice.model.HostId;

/**
 * The books of a membership that is over, out of the agent's way in {@code removed/HOST}. Nothing in them is obeyed any more: the
 * controller has given away what the servers in them had, and numbers its leases anew. What still runs of them is nobody's, and is not
 * ended either; the log names it. What the agent has made on the host ({@code journal/made}) stays its own. Stateless.
 */
final class FormerMembership {
    private static final Logger LOG = LoggerFactory.getLogger(FormerMembership.class);

    /** What belongs to a membership: its servers, and the generations of its leases. */
    private static final List<String> BOOKS = List.of("servers", "virtual-functions");

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ENTERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final int MOST_NAMED = 20;

    private FormerMembership() {}

    /**
     * Lays the books aside. Cut short at any moment, it can be done again.
     *
     * @param directory the agent's own, {@code DATA/agent}; no agent is at work in it
     * @throws IOException when they cannot be moved; some may have been
     */
    static void layAside(Path directory, HostId host) throws IOException {
        Path journal = directory.resolve("journal");
        Path aside = directory.resolve("removed").resolve(host.toString());
        Files.createDirectories(aside, OWNER_ENTERS);
        for (String book : BOOKS) {
            if (Files.isDirectory(journal.resolve(book))) {
                // A rename: all of it is in one place or the other.
                Files.move(journal.resolve(book), aside.resolve(book), StandardCopyOption.ATOMIC_MOVE);
                DurableFiles.sync(aside);
                DurableFiles.sync(journal);
            }
        }
        name(host, aside);
    }

    private static void name(HostId host, Path aside) throws IOException {
        Path servers = aside.resolve("servers");
        if (!Files.isDirectory(servers)) {
            return;
        }
        try (Stream<Path> entries = Files.list(servers)) {
            List<String> names = entries.map(entry -> entry.getFileName().toString())
                    .sorted()
                    .limit(MOST_NAMED)
                    .toList();
            if (!names.isEmpty()) {
                LOG.warn(
                        "What host {} had when it was removed is laid aside in {} and is not looked after any more: servers {}."
                                + " Guests of them that run run on, with addresses that others may have by now; end them by hand"
                                + " (virsh destroy).",
                        host,
                        aside,
                        String.join(", ", names));
            }
        }
    }
}
