package org.sluice.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.cli.settings.CommonSettings;
import org.sluice.cli.settings.ControllerSettings;
import org.sluice.cli.settings.HostSettings;
import org.sluice.cli.settings.Kind;
import org.sluice.cli.settings.Role;
import org.sluice.cli.settings.Setting;
import org.sluice.cli.settings.Settings;
import org.sluice.controller.http.door.DoorLimits;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice config}: what the programs are told. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = "Settings of controller and agent.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = ConfigCommand.Show.class)
final class ConfigCommand {
    /** {@code sluice config show}: reads what a start would read, and starts nothing. */
    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description =
                    "Print every setting with its value and where that comes from: flag, environment, file or default,"
                            + " and which programs take it; of the program that runs on the data directory, if one"
                            + " does, what it was started with. Secrets are masked. Fails when a file that is named"
                            + " there is no good.")
    static final class Show implements Callable<Integer>, Configured {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Mixin
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private Configuration.Source source;

        @Override
        public List<Setting<?>> overridable() {
            return Settings.all().stream()
                    .filter(setting -> setting.flag().isPresent())
                    .toList();
        }

        @Override
        public Integer call() throws IOException {
            Configuration configuration = source.read(System.getenv());
            DataDirectory data = configuration.data();
            Settings next = Settings.of(configuration.settings().told());
            Optional<Started> running = Started.find(data);
            Settings settings = running.map(Started::settings).orElse(next);
            long heapBytes = running.flatMap(Started::heapBytes).orElseGet(ControllerHeap::bytes);
            Map<String, String> found = found(data, settings, heapBytes);
            Table table = new Table("SETTING", "VALUE", "FROM", "TAKEN BY");
            for (Setting<?> setting : Settings.all()) {
                Optional<String> given = settings.source(setting);
                @Nullable String value = given.isPresent() ? null : found.get(setting.name());
                String from = given.orElse(value == null ? "default" : "default: " + setting.usualText());
                table.row(
                        setting.name(),
                        value == null ? settings.shown(setting) : value,
                        running.map(started -> from
                                        + given.map(_ -> started.inWords()).orElse("")
                                        + afterwards(setting, settings, next))
                                .orElse(from),
                        Role.wordsOf(setting.roles()));
            }
            table.print(spec.commandLine().getOut());
            return complain(settings, next);
        }

        /** What the next start has otherwise. A flag is given anew each time: that it is not given now says nothing. */
        private static String afterwards(Setting<?> setting, Settings running, Settings next) {
            Optional<String> source = next.source(setting);
            if (source.isPresent()) {
                return next.shown(setting).equals(running.shown(setting))
                        ? ""
                        : "; next start: " + next.shown(setting) + ", " + source.get();
            }
            return running.source(setting)
                            .filter(from -> !from.startsWith("--"))
                            .isPresent()
                    ? "; next start: " + setting.usualText()
                    : "";
        }

        /** Says what is wrong with the files that are named, as a start would; the exit code. */
        private int complain(Settings settings, Settings next) {
            PrintWriter err = spec.commandLine().getErr();
            List<String> troubles = Stream.of(settings, next)
                    .flatMap(each -> ControllerSetup.troubles(each).stream())
                    .distinct()
                    .toList();
            troubles.forEach(sentence -> err.println("sluice: " + sentence));
            err.flush();
            return troubles.isEmpty() ? 0 : Commands.FAILED;
        }

        /** What is in force of the settings that have no value of their own, by name, where a start finds one. */
        private static Map<String, String> found(DataDirectory data, Settings settings, long heapBytes)
                throws IOException {
            DoorLimits limits = ControllerSetup.limits(settings, heapBytes);
            return Map.of(
                    CommonSettings.DATA.name(),
                    data.path().toString(),
                    ControllerSettings.AGENT_LISTEN.name(),
                    ControllerSetup.agents(settings).toString(),
                    ControllerSettings.CONNECTIONS.name(),
                    String.valueOf(limits.connections()),
                    ControllerSettings.BODIES.name(),
                    kibibytes(limits.heap().entityKibibytes()),
                    ControllerSettings.ANONYMOUS_BODIES.name(),
                    kibibytes(limits.heap().anonymousKibibytes()),
                    ControllerSettings.REPLIES.name(),
                    kibibytes(limits.heap().replyKibibytes()),
                    HostSettings.NAME.name(),
                    AgentCommand.machineName());
        }

        private static String kibibytes(int count) {
            return Kind.size((long) count << 10);
        }
    }
}
