package org.sluice.traffic.scenario;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.LinuxException;
import org.sluice.traffic.journal.JournalFile;
import org.sluice.traffic.journal.JournalKind;

/** The journal of all that one path is made of, in the order in which it is made. For one thread, which is not interrupted. */
final class MadeJournal implements AutoCloseable {
    static final JournalKind KIND =
            new JournalKind(".made", "what was made", "scenario.journal-unusable", "nothing is made without a journal");

    private static final String HEADER = "sluice scenario 1";

    private final JournalFile file;
    private final List<Made> all;

    private MadeJournal(JournalFile file, List<Made> all) {
        this.file = file;
        this.all = all;
    }

    /** Writes down what is about to be made. */
    static MadeJournal write(Path directory, List<Made> planned) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        planned.forEach(made -> text.append(made.line()).append('\n'));
        return new MadeJournal(JournalFile.write(KIND, directory, text.toString()), List.copyOf(planned));
    }

    /**
     * Takes over that of a run which was killed; empty while its run still works.
     *
     * @throws LinuxException code {@code scenario.journal} for a file that is not what a run wrote, {@code scenario.journal-unusable}
     */
    static Optional<MadeJournal> takeOver(Path path) {
        return JournalFile.takeOver(KIND, path).map(file -> {
            try {
                return new MadeJournal(file, read(file));
            } catch (RuntimeException refusal) {
                file.close();
                throw refusal;
            }
        });
    }

    private static List<Made> read(JournalFile file) {
        List<String> lines = file.text().lines().toList();
        List<Made> all = lines.stream()
                .skip(1)
                .flatMap(line -> Made.parse(line, file.path().resolveSibling("")).stream())
                .toList();
        if (lines.isEmpty() || !lines.getFirst().equals(HEADER) || all.size() != lines.size() - 1) {
            throw new LinuxException(
                    "scenario.journal",
                    "The file " + file.path() + " is not the journal of what a run made that it is named as.",
                    "Look into it for what a run may have left, such as network namespaces (ip netns delete NAME), take that away by hand,"
                            + " and delete the file.");
        }
        return all;
    }

    /** Takes everything away, last first, also when some of it refuses; throws then, and the journal stays. Returns what was there. */
    List<Made> undo() {
        List<Made> undone = new ArrayList<>();
        List<RuntimeException> refusals = new ArrayList<>();
        for (Made made : all.reversed()) {
            try {
                boolean there = made.isThere();
                made.undo();
                if (there) {
                    undone.add(made);
                }
            } catch (RuntimeException refusal) {
                refusals.add(refusal);
            }
        }
        if (!refusals.isEmpty()) {
            RuntimeException first = refusals.getFirst();
            refusals.subList(1, refusals.size()).forEach(first::addSuppressed);
            throw first;
        }
        file.delete();
        return undone;
    }

    /** Lets go of the file; when something was not undone, a later run finds it. */
    @Override
    public void close() {
        file.close();
    }
}
