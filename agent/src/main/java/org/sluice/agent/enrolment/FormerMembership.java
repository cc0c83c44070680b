package org.sluice.agent.enrolment;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.linux.file.DurableFiles;
import org.sluice.model.HostId;
import org.sluice.model.ServerId;

/**
 * The books of a membership that is over, out of the agent's way in {@code removed/HOST}. Nothing in them is obeyed any more: the
 * controller has given away what the servers in them had, and numbers its leases anew. Their disks go with them: a server that comes
 * to this host again comes with the disk that it has by then, and is not started on this one. What still runs of them is nobody's, and is not
 * ended either; the log names it. What the agent has made on the host ({@code journal/made}) stays its own. Stateless.
 */
public final class FormerMembership {
    private static final String ASIDE = "removed";
    private static final String SERVERS = "servers";
    private static final String ENTRY = ".json";

    private static final Logger LOG = LoggerFactory.getLogger(FormerMembership.class);

    /**
     * What belongs to a membership, in the order in which it goes: an agent that begins in the middle has no servers to start any more on
     * disks, or with VFs, that are gone.
     */
    private static final List<Book> BOOKS = List.of(
            new Book("journal/servers", SERVERS),
            new Book("journal/virtual-functions", "virtual-functions"),
            new Book("servers", "disks"));

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ENTERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private static final int MOST_NAMED = 20;

    /**
     * A directory.
     *
     * @param place where in the agent's directory it is
     * @param aside its name when it is laid aside
     */
    private record Book(String place, String aside) {}

    private FormerMembership() {}

    /**
     * Lays the books aside. Cut short at any moment, it can be done again, also when an agent that did not join has begun books anew in the
     * place of those that were gone: what it wrote goes beside what is there, and replaces nothing.
     *
     * @param directory the agent's own, {@code DATA/agent}; no agent is at work in it
     * @throws IOException when they cannot be moved; some may have been
     */
    static void layAside(Path directory, HostId host) throws IOException {
        Path aside = directory.resolve(ASIDE).resolve(host.toString());
        Files.createDirectories(aside, OWNER_ENTERS);
        for (Book book : BOOKS) {
            Path from = directory.resolve(book.place());
            if (Files.isDirectory(from)) {
                move(from, aside.resolve(book.aside()));
                DurableFiles.sync(aside);
                DurableFiles.sync(requireNonNull(from.getParent()));
            }
        }
        name(host, aside);
    }

    private static void move(Path from, Path to) throws IOException {
        if (!Files.isDirectory(to)) {
            // A rename: all of it is in one place or the other.
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        try (DirectoryStream<Path> begunAnew = Files.newDirectoryStream(from)) {
            for (Path each : begunAnew) {
                Files.move(each, free(to.resolve(each.getFileName())), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        DurableFiles.sync(to);
        Files.delete(from);
    }

    /** That path, or the first like it with a number that nothing has: an atomic move would replace what is there. */
    private static Path free(Path path) {
        Path free = path;
        for (int number = 2; Files.exists(free, LinkOption.NOFOLLOW_LINKS); number++) {
            free = path.resolveSibling(path.getFileName() + "." + number);
        }
        return free;
    }

    /**
     * The servers of memberships that are over.
     *
     * @param directory the agent's own
     */
    public static Set<ServerId> servers(Path directory) {
        Set<ServerId> servers = new HashSet<>();
        Path aside = directory.resolve(ASIDE);
        if (!Files.isDirectory(aside)) {
            return servers;
        }
        try (DirectoryStream<Path> memberships = Files.newDirectoryStream(aside)) {
            for (Path membership : memberships) {
                for (String name : names(membership.resolve(SERVERS))) {
                    servers.add(ServerId.parse(name.substring(0, name.length() - ENTRY.length())));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return servers;
    }

    private static List<String> names(Path servers) throws IOException {
        if (!Files.isDirectory(servers)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(servers)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> name.endsWith(ENTRY))
                    .sorted()
                    .toList();
        }
    }

    private static void name(HostId host, Path aside) throws IOException {
        List<String> servers = names(aside.resolve(SERVERS));
        if (!servers.isEmpty()) {
            LOG.warn(
                    "What host {} had when it was removed is laid aside in {} and is not looked after any more: servers {}."
                            + " Guests of them that run run on, with addresses that others may have by now; end them by hand"
                            + " (virsh destroy).",
                    host,
                    aside,
                    servers.stream().limit(MOST_NAMED).collect(Collectors.joining(", ")));
        }
    }
}
