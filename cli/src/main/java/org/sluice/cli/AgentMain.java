package org.sluice.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The program with {@code sluice agent} and no other command. It is linked against nothing of the controller's, so that an
 * agent's class path needs neither the database nor the web server. Exit codes are those of {@link Sluice}.
 */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "The agent of a compute host, by itself.",
        subcommands = AgentCommand.class)
public final class AgentMain {
    private AgentMain() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(Commands.of(new CommandLine(new AgentMain())).execute(arguments));
    }
}
