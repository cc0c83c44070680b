package org.sluice.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.sluice.cli.settings.Setting;
import org.sluice.cli.settings.Settings;
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
                    "Print every setting with its value and where that comes from: flag, environment, file or default."
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
        public Integer call() {
            Settings settings = source.read(System.getenv()).settings();
            Table table = new Table("SETTING", "VALUE", "FROM");
            for (Setting<?> setting : Settings.all()) {
                table.row(
                        setting.name(),
                        settings.shown(setting),
                        settings.source(setting).orElse("default"));
            }
            table.print(spec.commandLine().getOut());
            return 0;
        }
    }
}
