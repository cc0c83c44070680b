package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import org.sluice.cli.settings.Given;
import org.sluice.cli.settings.Settings;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the program that holds a data directory was started with, as it leaves it there: {@code sluice config show} runs in
 * another process, at another time, and with other flags.
 *
 * @param by the program's process
 * @param given settings by name, without secrets
 */
record Started(DataDirectory.Holder by, Map<String, Given> given) {
    Started {
        requireNonNull(by, "by is null");
        given = Map.copyOf(given);
    }

    /** Leaves it for this process, which holds the directory. */
    static void leave(DataDirectory data, Settings settings) throws IOException {
        Started started = new Started(DataDirectory.Holder.of(ProcessHandle.current()), settings.told());
        DataDirectory.writeSecret(data.startedWith(), JsonMapper.shared().writeValueAsString(started) + "\n");
    }

    /** After the source of a setting. */
    String inWords() {
        return " of process " + by.id() + ", which runs";
    }

    /** What the program was started with that holds the directory now, if one does and the directory is ours to read. */
    static Optional<Started> find(DataDirectory data) throws IOException {
        try {
            Started started = JsonMapper.shared().readValue(Files.readString(data.startedWith()), Started.class);
            return data.holder()
                    .filter(holder ->
                            holder.equals(started.by()) && holder.alive().isPresent())
                    .map(_ -> started);
        } catch (NoSuchFileException | AccessDeniedException nothingKnown) {
            return Optional.empty();
        }
    }
}
