package org.sluice.cli;

import java.io.IOException;
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

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List the rules in force.")
    int list(
            @Option(names = "--overridden", description = "Only those that an operator has changed.")
                    boolean overriddenOnly)
            throws IOException, InterruptedException {
        Table table = new Table("RULE", "CHECK", "DEFAULT", "PERMITS");
        for (JsonNode rule : operator.client().list("/sluice/v1/policy", "rules")) {
            boolean overridden = rule.path("overridden").asBoolean();
            if (overridden || !overriddenOnly) {
                table.row(
                        rule.path("name").asString(),
                        rule.path("check").asString(),
                        overridden ? rule.path("default").asString() : "-",
                        rule.path("sentence").asString());
            }
        }
        table.print(spec.commandLine().getOut());
        return 0;
    }
}
