package org.sluice.traffic.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;

/** A folder that looks like / of a machine, as far as {@code proc} and {@code sys} go, and a kernel that takes writes or refuses. */
public final class FakeMachine implements AttributeWriter {
    private final Path root;
    private final Map<Path, Errno> refusals = new HashMap<>();
    private final Map<Path, String> sticking = new HashMap<>();
    private int writes;
    private int killAt;
    private boolean killAfterIt;

    /** @param root an empty folder */
    public FakeMachine(Path root) {
        this.root = root;
    }

    /** Where it is. */
    public Path root() {
        return root;
    }

    /** Makes a file. */
    public FakeMachine put(String path, String content) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content + "\n");
            return this;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Makes a symbolic link. */
    public FakeMachine link(String path, String target) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.createSymbolicLink(file, Path.of(target));
            return this;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** From now on writes to the file answer with the error. */
    public void refuse(String path, Errno errno) {
        refusals.put(root.resolve(path), errno);
    }

    /** From now on the file takes writes again. */
    public void allow(String path) {
        refusals.remove(root.resolve(path));
    }

    /** The file's text. */
    public String get(String path) {
        try {
            return Files.readString(root.resolve(path)).strip();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** From now on the file holds the value whatever is written to it, as a driver does that rounds. */
    public void stick(String path, String value) {
        sticking.put(root.resolve(path), value);
    }

    /** The process is killed at this write, counted from here and from 1: before it happens, or after; 0 for never. */
    public void killAt(int write, boolean afterIt) {
        writes = 0;
        killAt = write;
        killAfterIt = afterIt;
    }

    /** What is left of a process that was killed: every further step of it comes to nothing. */
    public static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public void write(Path attribute, String value) {
        writes++;
        boolean kill = killAt != 0 && writes >= killAt;
        if (kill && (writes > killAt || !killAfterIt)) {
            throw new Killed();
        }
        Errno refusal = refusals.getOrDefault(attribute, Files.exists(attribute) ? null : Errno.ENOENT);
        if (refusal != null) {
            throw new SystemCallException("write", refusal, "write " + attribute);
        }
        put(root.relativize(attribute).toString(), sticking.getOrDefault(attribute, value));
        if (kill) {
            throw new Killed();
        }
    }
}
