package org.sluice.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.cli.settings.CommonSettings;
import org.sluice.cli.settings.Role;
import org.sluice.cli.settings.Setting;
import org.sluice.cli.settings.Settings;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * What a command runs with.
 *
 * @param data the data directory
 * @param file the settings file, if there is one
 * @param settings in force
 */
record Configuration(DataDirectory data, Optional<Path> file, Settings settings) {
    private static final String FILE = "sluice.yaml";

    Configuration {
        requireNonNull(data, "data is null");
        requireNonNull(file, "file is null");
        requireNonNull(settings, "settings is null");
    }

    /** The option that names the settings file, for commands that have others of their own beside it. */
    static final class Source {
        @Spec(Spec.Target.MIXEE)
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec command;

        @Option(
                names = "--config",
                paramLabel = "FILE",
                description = "Settings file; " + FILE + " in the data directory, if there is one.")
        private @Nullable Path chosen;

        /**
         * What the command line, the environment and the settings file come to.
         *
         * @throws ProblemException with one sentence that names what cannot be
         */
        Configuration read(Map<String, String> environment) {
            return Configuration.read(flags(command.commandLine().getParseResult()), environment, chosen);
        }

        /**
         * The same for that program.
         *
         * @throws ProblemException with one sentence that names what cannot be, or what the program does not take
         */
        Configuration read(Map<String, String> environment, Role role) {
            Configuration configuration = read(environment);
            configuration.settings().requireTakenBy(role);
            return configuration;
        }

        private static Map<String, String> flags(ParseResult parsed) {
            Map<String, String> flags = new HashMap<>();
            for (Setting<?> setting : Settings.all()) {
                setting.flag().filter(parsed::hasMatchedOption).ifPresent(flag -> {
                    @Nullable String text = parsed.matchedOptionValue(flag, null);
                    if (text != null) {
                        flags.put(flag, text);
                    }
                });
            }
            return flags;
        }
    }

    /** Adds the options of a command's settings to its command line. */
    static void addOptions(CommandSpec command, List<Setting<?>> overridable) {
        for (Setting<?> setting : overridable) {
            command.addOption(OptionSpec.builder(setting.flag().orElseThrow())
                    .paramLabel(setting.kind().label())
                    .type(String.class)
                    .description(setting.meaning().replaceAll("\\.$", "").replace("%", "%%") + "; "
                            + setting.usualText().replace("%", "%%") + ".")
                    .build());
        }
    }

    /** Takes the data directory for this process, and leaves there what it runs with. */
    DataDirectory.Lock hold() throws IOException {
        DataDirectory.Lock lock = data.hold();
        try {
            Started.leave(data, settings);
            return lock;
        } catch (IOException failure) {
            lock.close();
            throw data.unusable(failure);
        }
    }

    static Configuration read(Map<String, String> flags, Map<String, String> environment, @Nullable Path chosen) {
        Settings asked = Settings.read(flags, environment, Optional.ofNullable(chosen));
        DataDirectory data = DataDirectory.of(asked.find(CommonSettings.DATA).orElse(null), environment);
        Path found = data.path().resolve(FILE);
        if (chosen != null || !Files.exists(found)) {
            return new Configuration(data, Optional.ofNullable(chosen), asked);
        }
        Settings settings = Settings.read(flags, environment, Optional.of(found));
        if (Settings.isIn(found, CommonSettings.DATA)) {
            throw Problem.of(
                            Problem.Kind.BAD_REQUEST,
                            "DataDirectoryInItself",
                            "The settings file " + found
                                    + " cannot name a data directory, because it is found in one; remove its data, or"
                                    + " give the file with --config.")
                    .asException();
        }
        return new Configuration(data, Optional.of(found), settings);
    }
}
