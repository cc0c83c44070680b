package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.traffic.journal.JournalFile;

/**
 * What runs that were killed have left of the paths that they built.
 *
 * @param removed names of the network namespaces that were still there and are not any more
 * @param runsInProgress journals that were left alone because their runs still work
 */
public record Leftovers(List<String> removed, int runsInProgress) {
    private static final String HEADER = "sluice scenario 1";
    private static final String NAMESPACE = "namespace ";

    /** Copies the list. */
    public Leftovers {
        removed = List.copyOf(removed);
    }

    /**
     * Removes exactly those namespaces that are named by a journal in the directory whose run has ended, and then the journal. What runs
     * at work have made, and what has a name like it but no journal, stays.
     *
     * @throws LinuxException code {@code scenario.journal} for a file that is not what a run wrote, {@code scenario.journal-unusable}
     */
    public static Leftovers remove(Path directory) {
        requireNonNull(directory, "directory is null");
        List<String> removed = new ArrayList<>();
        int inProgress = 0;
        JournalFile.clearUnfinished(MadeNamespaces.KIND, directory);
        for (Path path : JournalFile.list(MadeNamespaces.KIND, directory)) {
            Optional<JournalFile> left = JournalFile.takeOver(MadeNamespaces.KIND, path);
            if (left.isEmpty()) {
                inProgress += Files.exists(path) ? 1 : 0;
                continue;
            }
            try (JournalFile journal = left.get()) {
                List<String> names = read(journal);
                List<String> there = NetworkNamespace.names();
                MadeNamespaces.remove(names);
                names.stream().filter(there::contains).forEach(removed::add);
                journal.delete();
            }
        }
        return new Leftovers(removed, inProgress);
    }

    /** What a journal of these names says. */
    static String text(List<String> names) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        names.forEach(name -> text.append(NAMESPACE).append(name).append('\n'));
        return text.toString();
    }

    private static List<String> read(JournalFile journal) {
        List<String> lines = journal.text().lines().toList();
        boolean ours = !lines.isEmpty()
                && lines.getFirst().equals(HEADER)
                && lines.stream().skip(1).allMatch(line -> line.startsWith(NAMESPACE + MadeNamespaces.PREFIX));
        if (!ours) {
            throw new LinuxException(
                    "scenario.journal",
                    "The file " + journal.path() + " is not the journal of made namespaces that it is named as.",
                    "Look into it for names of network namespaces, delete these by hand (ip netns delete NAME), and"
                            + " delete it.");
        }
        return lines.stream()
                .skip(1)
                .map(line -> line.substring(NAMESPACE.length()))
                .toList();
    }
}
