package org.sluice.agent.journal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import org.sluice.agent.wire.DesiredReader;
import org.sluice.agent.wire.ProtocolJson;
import org.sluice.linux.file.DurableFiles;
import org.sluice.model.FileFailure;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A directory of small JSON files, each of which is either wholly its old self or wholly its new one, whenever the
 * process or the machine stops ({@link DurableFiles}).
 * Writes of different names may run at the same time; the caller serialises those of one name. What comes after it was closed is
 * refused.
 */
public final class DurableDirectory implements AutoCloseable {
    private static final String SUFFIX = ".json";

    private static final Set<PosixFilePermission> OWNER_ENTERS = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_WRITES =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path directory;

    /** Taken by each change for itself alone, and by who closes, so that no change is under way after that. */
    private final ReentrantReadWriteLock changes = new ReentrantReadWriteLock();

    private boolean isClosed;

    /**
     * Makes the directory if need be and clears away what a killed process left unfinished.
     *
     * @throws ProblemException when the directory cannot be made or read
     */
    public DurableDirectory(Path directory) {
        this.directory = requireNonNull(directory, "directory is null");
        try {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ENTERS));
            // Earlier ones were made for everybody to read, and hold what guests are told.
            Files.setPosixFilePermissions(directory, OWNER_ENTERS);
            try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory, "*" + DurableFiles.UNFINISHED)) {
                for (Path leftover : leftovers) {
                    Files.delete(leftover);
                }
            }
        } catch (IOException e) {
            throw unusable(directory, e);
        }
    }

    /**
     * Reads every file.
     *
     * @throws ProblemException when one cannot be read or is not what we write: that was not us, and guessing would
     *     lose track of a VM
     */
    public <T> List<T> readAll(Class<T> type) {
        List<T> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                all.add(parse(file, type));
            }
        } catch (IOException e) {
            throw unusable(directory, e);
        }
        return all;
    }

    /**
     * Reads every file, and keeps those that are JSON and not such a record, as a newer agent may have written them.
     *
     * @param others told of those: name, and why in a sentence
     * @throws ProblemException when one cannot be read or is no JSON
     */
    <T> List<T> readKnown(Class<T> type, BiConsumer<String, String> others) {
        List<T> known = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                JsonNode tree = parse(file, JsonNode.class);
                try {
                    known.add(ProtocolJson.MAPPER.treeToValue(tree, type));
                } catch (JacksonException e) {
                    String name = file.getFileName().toString();
                    others.accept(name.substring(0, name.length() - SUFFIX.length()), DesiredReader.sentence(e));
                }
            }
        } catch (IOException e) {
            throw unusable(directory, e);
        }
        return known;
    }

    /** Reads one file; empty when there is none. */
    public <T> Optional<T> read(String name, Class<T> type) {
        Path file = file(name);
        try {
            return Files.exists(file) ? Optional.of(parse(file, type)) : Optional.empty();
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** Writes one file; when this returns, it survives a power cut. */
    public void write(String name, Object value) {
        Path file = file(name);
        changes.readLock().lock();
        try {
            requireOpen();
            DurableFiles.write(file, ProtocolJson.MAPPER.writeValueAsBytes(value), OWNER_WRITES);
        } catch (IOException e) {
            throw unusable(file, e);
        } finally {
            changes.readLock().unlock();
        }
    }

    /** Removes one file; nothing happens when there is none. */
    public void remove(String name) {
        Path file = file(name);
        changes.readLock().lock();
        try {
            requireOpen();
            DurableFiles.delete(file);
        } catch (IOException e) {
            throw unusable(file, e);
        } finally {
            changes.readLock().unlock();
        }
    }

    /** Waits for the changes that are under way, and refuses every later one: the files are somebody else's from now on. */
    @Override
    public void close() {
        changes.writeLock().lock();
        try {
            isClosed = true;
        } finally {
            changes.writeLock().unlock();
        }
    }

    private void requireOpen() {
        if (isClosed) {
            throw Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "JournalClosed",
                            "The agent has stopped, and another one may keep " + directory + " now.")
                    .asException();
        }
    }

    private Path file(String name) {
        return directory.resolve(name + SUFFIX);
    }

    private static <T> T parse(Path file, Class<T> type) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            return ProtocolJson.MAPPER.readValue(bytes, type);
        } catch (JacksonException e) {
            throw new ProblemException(
                    new Problem(
                            Problem.Kind.UNAVAILABLE,
                            "JournalUnreadable",
                            "The journal file " + file + " is not what the agent wrote: " + e.getOriginalMessage(),
                            Optional.of("Restore it from a copy, or move it away after making sure that the VM and the "
                                    + "virtual functions it speaks of are gone from this host.")),
                    e);
        }
    }

    private static ProblemException unusable(Path path, IOException cause) {
        return new ProblemException(
                new Problem(
                        Problem.Kind.UNAVAILABLE,
                        "JournalUnusable",
                        "The agent cannot read or write " + path + ": " + FileFailure.reason(cause) + ".",
                        Optional.of(
                                "Check that the file system is mounted, has room, and belongs to the agent's user.")),
                cause);
    }
}
