package org.sluice.traffic.tuning;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sluice.linux.LinuxException;
import org.sluice.traffic.journal.JournalFile;
import org.sluice.traffic.journal.JournalKind;

/** A journal that says how settings were before a run changed them. */
final class Journal implements AutoCloseable {
    static final String SUFFIX = ".tuning";

    private static final JournalKind KIND = new JournalKind(
            SUFFIX, "changed settings", "tuning.journal-unusable", "nothing is changed without a journal");
    private static final String HEADER = "sluice tuning 1";
    private static final String SEPARATOR = " ";
    private static final int WORDS = 6;

    private final JournalFile file;
    private final String bootId;
    private final List<Remembered> remembered;

    private Journal(JournalFile file, String bootId, List<Remembered> remembered) {
        this.file = file;
        this.bootId = bootId;
        this.remembered = List.copyOf(remembered);
    }

    /** Writes a new one; when this returns it survives a power cut. */
    static Journal write(Path directory, String bootId, List<Remembered> remembered) {
        return new Journal(JournalFile.write(KIND, directory, text(bootId, remembered)), bootId, remembered);
    }

    /** The journals in a directory, in no order; none when it does not exist. */
    static List<Path> list(Path directory) {
        return JournalFile.list(KIND, directory);
    }

    /** Removes what runs that were killed before their first change have begun to write. */
    static void clearUnfinished(Path directory) {
        JournalFile.clearUnfinished(KIND, directory);
    }

    /**
     * Takes over the journal of a run that was killed; empty while its run still works, or has just ended.
     *
     * @throws LinuxException code {@code tuning.journal}, when it is not what a run wrote
     */
    static Optional<Journal> takeOver(Path path) {
        return JournalFile.takeOver(KIND, path).map(Journal::parse);
    }

    /** The boot it was written in: after another one all settings are the kernel's own again. */
    String bootId() {
        return bootId;
    }

    /** In the order in which they were to be changed. */
    List<Remembered> remembered() {
        return remembered;
    }

    /** Removes the file: everything is as it was. */
    void delete() {
        file.delete();
    }

    /** Lets go of the file; when it was not deleted, a recovery finds it. */
    @Override
    public void close() {
        file.close();
    }

    private static String text(String bootId, List<Remembered> remembered) {
        StringBuilder text =
                new StringBuilder(HEADER).append('\n').append(encode(bootId)).append('\n');
        for (Remembered each : remembered) {
            List<String> words = new ArrayList<>(SettingText.write(each.setting()));
            words.add(each.identity());
            words.add(each.value());
            text.append(String.join(
                            SEPARATOR, words.stream().map(Journal::encode).toList()))
                    .append('\n');
        }
        return text.toString();
    }

    /** Lets go of the file when it makes no sense. */
    private static Journal parse(JournalFile file) {
        try {
            return parse(file, file.text().lines().toList());
        } catch (RuntimeException failure) {
            file.close();
            throw malformed(file.path(), failure);
        }
    }

    private static Journal parse(JournalFile file, List<String> lines) {
        if (lines.size() < 2 || !lines.getFirst().equals(HEADER)) {
            throw new IllegalArgumentException("It does not begin with \"" + HEADER + "\".");
        }
        List<Remembered> remembered = new ArrayList<>();
        for (String line : lines.subList(2, lines.size())) {
            List<String> words = Stream.of(line.split(SEPARATOR, -1))
                    .map(word -> URLDecoder.decode(word, StandardCharsets.UTF_8))
                    .toList();
            if (words.size() != WORDS) {
                throw new IllegalArgumentException("A line has " + words.size() + " words, not " + WORDS + ".");
            }
            Setting setting = SettingText.read(words);
            remembered.add(new Remembered(setting, words.get(4), setting.canonical(words.get(5))));
        }
        return new Journal(file, URLDecoder.decode(lines.get(1), StandardCharsets.UTF_8), remembered);
    }

    /** One word without white space, whatever is in it. */
    private static String encode(String word) {
        return URLEncoder.encode(word, StandardCharsets.UTF_8);
    }

    private static LinuxException malformed(Path path, RuntimeException cause) {
        return new LinuxException(
                "tuning.journal",
                "The file " + path + " is not the journal of changed settings that it is named as: "
                        + cause.getMessage(),
                "Look into it for the values that the settings had before, put them back by hand, and delete it.",
                cause);
    }
}
