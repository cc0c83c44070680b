package org.sluice.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
            description = "List the rules in force; where no cloud runs, those that the next start would have.")
    int list(
            @Option(names = "--overridden", description = "Only those that an operator has changed.")
                    boolean overriddenOnly,
            @Option(
                            names = "--policy",
                            paramLabel = "FILE",
                            description = "Those that a start with this policy file would have; asks no cloud.")
                    @Nullable
                    Path file)
            throws IOException, InterruptedException {
        Table table = new Table("RULE", "CHECK", "DEFAULT", "PERMITS");
        for (Row row : file == null ? inForce() : ofNextStart(Map.of("--policy", file.toString()))) {
            if (!overriddenOnly || row.usual().isPresent()) {
                table.row(row.name(), row.check(), row.usual().orElse("-"), row.sentence());
            }
        }
        table.print(spec.commandLine().getOut());
        return 0;
    }

    private List<Row> inForce() throws IOException, InterruptedException {
        try {
            return operator.client().list("/sluice/v1/policy", "rules").stream()
                    .map(Row::of)
                    .toList();
        } catch (ProblemException noCloud) {
            if (!Operator.findsNoCloud(noCloud.problem())) {
                throw noCloud;
            }
            List<Row> rows = ofNextStart(Map.of());
            spec.commandLine()
                    .getErr()
                    .println("No cloud answers; these are the rules that the next start would have.");
            spec.commandLine().getErr().flush();
            return rows;
        }
    }

    /** What a start on that data directory would have. */
    private List<Row> ofNextStart(Map<String, String> others) {
        Map<String, String> flags = new HashMap<>(others);
        flags.put("--data", operator.data().path().toString());
        Settings settings = Configuration.read(flags, System.getenv(), null).settings();
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
