package org.sluice.linux.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the small files of sysfs and procfs. What is not there, or goes away meanwhile, is absent. Thread-safe. */
public final class AttributeFiles {
    private AttributeFiles() {}

    /**
     * The whole text without the white space around it. Empty when there is no such file, when it may not be read, and when the
     * driver answers with an error, as drivers do for attributes they do not have; an empty file gives an empty text.
     */
    public static Optional<String> text(Path file) {
        try {
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip());
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** The names in a folder, sorted; none when there is no such folder. */
    public static List<String> entries(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException absent) {
            return List.of();
        }
    }
}
