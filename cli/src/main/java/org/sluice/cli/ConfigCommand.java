package org.sluice.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
                            + " and which programs take it."
                            + " Secrets are masked.")
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
            Settings settings = configuration.settings();
            Map<String, String> found = found(configuration);
            Table table = new Table("SETTING", "VALUE", "FROM", "TAKEN BY");
            for (Setting<?> setting : Settings.all()) {
                Optional<String> given = settings.source(setting);
                @Nullable String value = given.isPresent() ? null : found.get(setting.name());
                table.row(
                        setting.name(),
                        value == null ? settings.shown(setting) : value,
                        given.orElse(value == null ? "default" : "default: " + setting.usualText()),
                        Role.wordsOf(setting.roles()));
            }
            table.print(spec.commandLine().getOut());
            return 0;
        }

        /** What is in force of the settings that have no value of their own, by name, where a start finds one. */
        private static Map<String, String> found(Configuration configuration) throws IOException {
            DoorLimits limits = ControllerSetup.limits(configuration.settings(), ControllerHeap.bytes());
            return Map.of(
                    CommonSettings.DATA.name(),
                    configuration.data().path().toString(),
                    ControllerSettings.AGENT_LISTEN.name(),
                    ControllerSetup.agents(configuration.settings()).toString(),
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
