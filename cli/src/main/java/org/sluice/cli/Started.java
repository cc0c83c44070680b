package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.sluice.cli.DataDirectory.Holder;
import org.sluice.cli.settings.ControllerSettings;
import org.sluice.cli.settings.Given;
import org.sluice.cli.settings.Listen;
import org.sluice.cli.settings.Setting;
import org.sluice.cli.settings.Settings;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the program that holds a data directory was started with, as it leaves it there: {@code sluice config show} runs in
 * another process, at another time, and with other flags.
 *
 * @param by the program's process
 * @param heapBytes of its controller, on which limits depend; unknown of the version before
 * @param given settings by name, without secrets
 */
record Started(Holder by, Optional<Long> heapBytes, Map<String, Given> given) {
    Started {
        requireNonNull(by, "by is null");
        requireNonNull(heapBytes, "heapBytes is null");
        given = Map.copyOf(given);
    }

    /** Leaves it for this process, which holds the directory. */
    static void leave(DataDirectory data, Settings settings) throws IOException {
        Started started =
                new Started(Holder.of(ProcessHandle.current()), Optional.of(ControllerHeap.bytes()), settings.told());
        DataDirectory.writeSecret(data.startedWith(), JsonMapper.shared().writeValueAsString(started) + "\n");
    }

    /**
     * Where its identity API listens, if its public URL is another: for whoever is on its machine when a proxy is away. Empty where
     * the port was any free one, and for what has no listener.
     */
    Optional<String> behindPublicUrl() {
        Settings settings = settings();
        String scheme = settings.find(ControllerSettings.TLS_CERT).isPresent() ? "https://" : "http://";
        return settings.find(ControllerSettings.PUBLIC_URL)
                .flatMap(_ -> settings.find(ControllerSettings.LISTEN))
                .filter(listen -> listen.port() != 0)
                .map(listen -> scheme + Listen.reachable(listen.socketAddress()) + "/identity/v3");
    }

    /** After the source of a setting. */
    String inWords() {
        return " of process " + by.id() + ", which runs";
    }

    /** The settings of it that this program has, which may be another version. */
    Settings settings() {
        Map<String, Given> known = new HashMap<>(given);
        known.keySet()
                .retainAll(Settings.all().stream().<String>map(Setting::name).toList());
        return Settings.of(known);
    }

    /** What the program was started with that holds the directory now, if one does and the directory is ours to read. */
    static Optional<Started> find(DataDirectory data) throws IOException {
        try {
            Optional<Holder> holder = data.holder().filter(each -> each.alive().isPresent());
            return last(data).filter(started -> holder.equals(Optional.of(started.by())));
        } catch (AccessDeniedException nothingKnown) {
            return Optional.empty();
        }
    }

    /** What the program was started with that held the directory last; nothing where the file is no good. */
    static Optional<Started> last(DataDirectory data) throws IOException {
        try {
            return Optional.ofNullable(
                    JsonMapper.shared().readValue(Files.readString(data.startedWith()), Started.class));
        } catch (NoSuchFileException | AccessDeniedException | JacksonException nothingKnown) {
            return Optional.empty();
        }
    }
}
