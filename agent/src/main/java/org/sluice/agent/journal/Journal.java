package org.sluice.agent.journal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.journal.Entry.Phase;
import org.sluice.agent.step.StepObserver;
import org.sluice.agent.step.StepObserver.Moment;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.ServerId;

/**
 * The agent's books, one file a server and one a VF, below one directory that one agent at a time may hold. A change is on
 * disk when the call returns. Thread-safe; the caller serialises the changes of one server.
 */
public final class Journal implements AutoCloseable {
    private static final String WHAT_WAS_MADE = "knows-what-was-made";

    private final DurableDirectory files;
    private final DurableDirectory made;
    private final LeaseBook leases;
    private final StepObserver observer;
    private final Map<ServerId, Entry> entries = new ConcurrentHashMap<>();
    private final Map<ServerId, String> notUnderstood = new HashMap<>();
    private final FileChannel lockFile;

    /**
     * Opens the books below a directory, which is made if need be.
     *
     * @throws ProblemException when another agent holds them, or a file in them was damaged
     */
    public Journal(Path directory, StepObserver observer) {
        requireNonNull(directory, "directory is null");
        this.observer = requireNonNull(observer, "observer is null");
        this.files = new DurableDirectory(directory.resolve("servers"));
        this.made = new DurableDirectory(directory.resolve("marks"));
        this.lockFile = lock(directory);
        try {
            this.leases = new LeaseBook(new DurableDirectory(directory.resolve("virtual-functions")), observer);
            for (Entry entry :
                    files.readKnown(Entry.class, (name, reason) -> notUnderstood.put(ServerId.parse(name), reason))) {
                entries.put(entry.id(), entry);
            }
        } catch (RuntimeException e) {
            closeQuietly(e);
            throw e;
        }
    }

    /** Every server of which something may be on the host. */
    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /** The entry of a server, if there is one. */
    public Optional<Entry> find(ServerId server) {
        return Optional.ofNullable(entries.get(server));
    }

    /**
     * Whether what there is of a server on the host, or may be, was made for its entry. One that failed was undone: a guest that is on
     * under its name is another one's work.
     */
    public boolean hasBuilt(ServerId server) {
        return find(server).filter(entry -> entry.phase() != Phase.FAILED).isPresent();
    }

    /**
     * Servers whose entries are not understood, as a newer agent may have written them, and why not, in a sentence. What there is of
     * them is for an agent that understands it; their entries stay as they are.
     */
    public Map<ServerId, String> notUnderstood() {
        return Map.copyOf(notUnderstood);
    }

    /** Writes an entry in place of the one there may be. */
    public void write(Entry entry) {
        String name = entry.id() + " " + entry.phase();
        observer.reached(Moment.BEFORE_JOURNAL, name);
        files.write(entry.id().toString(), entry);
        entries.put(entry.id(), entry);
        observer.reached(Moment.AFTER_JOURNAL, name);
    }

    /** Strikes a server out: nothing of it is on the host any more. */
    public void forget(ServerId server) {
        String name = server + " forgotten";
        observer.reached(Moment.BEFORE_JOURNAL, name);
        files.remove(server.toString());
        entries.remove(server);
        observer.reached(Moment.AFTER_JOURNAL, name);
    }

    /** Which lease of each VF was seen last, and who holds it. */
    public LeaseBook leases() {
        return leases;
    }

    /** Whether what the agent made on the host was written down ({@link Ownership}) for every entry there is. */
    public boolean knowsWhatWasMade() {
        return made.read(WHAT_WAS_MADE, Boolean.class).orElse(false);
    }

    /** Notes that it was, for good. */
    public void noteWhatWasMade() {
        made.write(WHAT_WAS_MADE, true);
    }

    /** Lets another agent have the books. Changes nothing in them, and refuses who comes late: they are the other one's then. */
    @Override
    public void close() {
        leases.close();
        made.close();
        files.close();
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.UNAVAILABLE, "JournalUnusable", "The journal's lock cannot be given up: " + e),
                    e);
        }
    }

    private void closeQuietly(RuntimeException failure) {
        try {
            lockFile.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static FileChannel lock(Path directory) {
        Path file = directory.resolve("lock");
        try {
            FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            if (tryLock(channel) == null) {
                channel.close();
                throw new Problem(
                                Problem.Kind.CONFLICT,
                                "AgentAlreadyRunning",
                                "Another agent works with the journal " + directory + ".",
                                Optional.of("Stop it first, or give this one a data directory of its own."))
                        .asException();
            }
            return channel;
        } catch (IOException e) {
            throw new ProblemException(
                    Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "JournalUnusable",
                            "The agent cannot lock " + file + ": " + e + "."),
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldInThisProcess) {
            return null;
        }
    }
}
