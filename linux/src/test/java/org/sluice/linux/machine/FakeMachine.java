package org.sluice.linux.machine;

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

    @Override
    public void write(Path attribute, String value) {
        Errno refusal = refusals.getOrDefault(attribute, Files.exists(attribute) ? null : Errno.ENOENT);
        if (refusal != null) {
            throw new SystemCallException("write", refusal, "write " + attribute);
        }
        put(root.relativize(attribute).toString(), value);
    }
}
