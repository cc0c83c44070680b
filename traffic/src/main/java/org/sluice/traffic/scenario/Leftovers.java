package org.sluice.traffic.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sluice.linux.LinuxException;

/** What runs left behind that were killed. */
public final class Leftovers {
    private Leftovers() {}

    /**
     * Removes all that dead runs wrote down in the directory and did not take away; what living ones have stays. Call it before a
     * scenario is built.
     *
     * @param directory the {@link Options#stateDirectory}; when it does not exist there is nothing to do
     * @return the names of the runs, {@code sluice-1a2b3c4d}
     * @throws LinuxException code {@code scenario.left-behind} when something cannot be removed, {@code scenario.journal} when a journal is
     *     none of ours; the others are cleared up before
     */
    public static List<String> remove(Path directory) {
        return remove(directory, Functions.ofThisMachine());
    }

    static List<String> remove(Path directory, Functions functions) {
        Remover remover = new Remover(functions);
        List<String> removed = new ArrayList<>();
        List<LinuxException> failures = new ArrayList<>();
        for (Path file : journals(directory)) {
            Optional<Journal> abandoned = Journal.abandoned(file);
            if (abandoned.isEmpty()) {
                continue;
            }
            try (Journal journal = abandoned.orElseThrow()) {
                Remover.removeAll(journal, remover::remove);
                String name = file.getFileName().toString();
                removed.add(name.substring(0, name.length() - Journal.SUFFIX.length()));
            } catch (LinuxException failure) {
                failures.add(failure);
            }
        }
        if (!failures.isEmpty()) {
            failures.subList(1, failures.size()).forEach(failures.getFirst()::addSuppressed);
            throw failures.getFirst();
        }
        return List.copyOf(removed);
    }

    private static List<Path> journals(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(Journal.SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException("The folder " + directory + " cannot be read.", failure);
        }
    }
}
