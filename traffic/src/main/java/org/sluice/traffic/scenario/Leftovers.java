package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.LinuxException;
import org.sluice.traffic.journal.JournalFile;

/**
 * What runs that were killed have left of the paths that they built.
 *
 * @param removed what was still there and is not any more, as {@code the network namespace NAME}
 * @param runsInProgress journals that were left alone because their runs still work
 */
public record Leftovers(List<String> removed, int runsInProgress) {
    /** Copies the list. */
    public Leftovers {
        removed = List.copyOf(removed);
    }

    /**
     * Takes away exactly what is named by a journal in the directory whose run has ended, and then the journal. What runs at work have
     * made, and what has a name like it but no journal, stays.
     *
     * @throws LinuxException code {@code scenario.journal} for a file that is not what a run wrote, {@code scenario.journal-unusable}
     */
    public static Leftovers remove(Path directory) {
        requireNonNull(directory, "directory is null");
        List<String> removed = new ArrayList<>();
        int inProgress = 0;
        JournalFile.clearUnfinished(MadeJournal.KIND, directory);
        for (Path path : JournalFile.list(MadeJournal.KIND, directory)) {
            Optional<MadeJournal> left = MadeJournal.takeOver(path);
            if (left.isEmpty()) {
                inProgress += Files.exists(path) ? 1 : 0;
                continue;
            }
            try (MadeJournal journal = left.get()) {
                journal.undo().stream().map(Made::description).forEach(removed::add);
            }
        }
        return new Leftovers(removed, inProgress);
    }
}
