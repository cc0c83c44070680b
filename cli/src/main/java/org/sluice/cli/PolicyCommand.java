package org.sluice.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.cli.settings.ControllerSettings;
import org.sluice.cli.settings.Settings;
import org.sluice.controller.policy.Policy;
import org.sluice.controller.policy.ShippedRules;
import org.sluice.model.ProblemException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code sluice policy list}: who may do what. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Show who may do what in the cloud.")
final class PolicyCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final Operator operator = new Operator();

    /** A rule as it is in force, with its default where an operator has changed it. */
    private record Row(String name, String check, Optional<String> usual, String sentence) {
        static Row of(JsonNode rule) {
            return new Row(
                    rule.path("name").asString(),
                    rule.path("check").asString(),
                    rule.path("overridden").asBoolean()
                            ? Optional.of(rule.path("default").asString())
                            : Optional.empty(),
                    rule.path("sentence").asString());
        }

        static Row of(Policy.Line line) {
            return new Row(
                    line.rule().name(),
                    line.check(),
                    line.override().map(_ -> line.rule().check()),
                    line.rule().sentence());
        }
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description =
                    "List the rules in force; where no cloud runs, those that the next start would have, and from which file.")
    int list(
            @Option(names = "--overridden", description = "Only those that an operator has changed.")
                    boolean overriddenOnly,
            @Option(
                            names = "--policy",
                            paramLabel = "FILE",
                            description = "Those that a start with this policy file would have; asks no cloud.")
                    @Nullable
                    Path file,
            @Option(
                            names = "--config",
                            paramLabel = "FILE",
                            description =
                                    "Settings file of that start, where no cloud runs; sluice.yaml in the data directory,"
                                            + " if there is one.")
                    @Nullable
                    Path config)
            throws IOException, InterruptedException {
        Table table = new Table("RULE", "CHECK", "DEFAULT", "PERMITS");
        List<Row> rows = file == null
                ? inForce(config)
                : rows(nextStart(Map.of("--policy", file.toString()), config).settings());
        for (Row row : rows) {
            if (!overriddenOnly || row.usual().isPresent()) {
                table.row(row.name(), row.check(), row.usual().orElse("-"), row.sentence());
            }
        }
        table.print(spec.commandLine().getOut());
        return 0;
    }

    private List<Row> inForce(@Nullable Path config) throws IOException, InterruptedException {
        try {
            return operator.client().list("/sluice/v1/policy", "rules").stream()
                    .map(Row::of)
                    .toList();
        } catch (ProblemException noCloud) {
            if (!operator.findsNoCloudHere(noCloud.problem())) {
                throw noCloud;
            }
            return expected(nextStart(Map.of(), config), config == null);
        }
    }

    /** The rules of the next start as far as files tell it, and says which files these are. */
    private List<Row> expected(Configuration next, boolean asLastStart) throws IOException {
        Optional<Settings> last = asLastStart
                ? Started.last(next.data()).map(Started::settings).filter(settings -> isNamedOutside(settings, next))
                : Optional.empty();
        Settings settings = last.orElse(next.settings());
        List<Row> rows = rows(settings);
        String told = settings.source(ControllerSettings.POLICY_FILE)
                .map(source -> "the policy file " + settings.get(ControllerSettings.POLICY_FILE) + " was read, which "
                        + (last.isPresent() ? "the last start had from " : "stands in ") + source)
                .orElseGet(() -> "no policy file was read, since "
                        + next.file().map(Path::toString).orElse("no settings file")
                        + " names one; a start with other flags may have one, name it with --config or --policy");
        spec.commandLine()
                .getErr()
                .println("No cloud answers; these are the rules that the next start would have: " + told + ".");
        spec.commandLine().getErr().flush();
        return rows;
    }

    /** Whether the last start was told of a policy file by what is not read here: its flags, environment or {@code --config}. */
    private static boolean isNamedOutside(Settings last, Configuration next) {
        return next.settings().source(ControllerSettings.POLICY_FILE).isEmpty()
                && last.source(ControllerSettings.POLICY_FILE)
                        .filter(source -> next.file().stream().noneMatch(file -> source.startsWith(file + ":")))
                        .isPresent();
    }

    /** What a start on that data directory would be told. */
    private Configuration nextStart(Map<String, String> others, @Nullable Path config) {
        Map<String, String> flags = new HashMap<>(others);
        flags.put("--data", operator.data().path().toString());
        return Configuration.read(flags, System.getenv(), config);
    }

    private static List<Row> rows(Settings settings) {
        Policy shipped = ShippedRules.policy();
        Policy policy = ControllerSetup.policy(settings)
                .map(overrides -> overrides.over(shipped))
                .orElse(shipped);
        return policy.lines().stream()
                .sorted(Comparator.comparing(line -> line.rule().name()))
                .map(Row::of)
                .toList();
    }
}
