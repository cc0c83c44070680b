package org.sluice.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program. Exit codes: 0 done, 2 not done, for a reason that one sentence on standard error gives. */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "An OpenStack-compatible cloud that gives VMs the virtual functions of SR-IOV cards.",
        // Every command is registered here and nowhere else.
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            ControllerCommand.class,
            SupervisedController.class,
            AdminPasswordCommand.class,
            AgentCommand.class,
            FleetCommand.class,
            ConfigCommand.class,
            ExplainCommand.class,
            ImportCommand.class,
            PolicyCommand.class,
            AuditCommand.class,
            TrafficCommand.class
        })
public final class Sluice {
    private Sluice() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The version that the jar's manifest carries. */
    public static String version() {
        return Version.text();
    }

    static CommandLine commandLine() {
        return Commands.of(new Sluice());
    }
}
