package org.sluice.cli;

import java.io.PrintWriter;
import org.sluice.linux.LinuxException;
import org.sluice.model.ProblemException;
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
            AgentCommand.class,
            FleetCommand.class,
            ExplainCommand.class,
            ImportCommand.class,
            TrafficCommand.class
        })
public final class Sluice {
    static final int FAILED = 2;

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
        CommandLine commandLine = new CommandLine(new Sluice());
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler(Sluice::explain);
        commandLine.setParameterExceptionHandler(Sluice::refuse);
        return commandLine;
    }

    /** A command line that cannot be is one sentence, and where to read what can. */
    private static int refuse(CommandLine.ParameterException refusal, String[] ignored) {
        CommandLine command = refusal.getCommandLine();
        PrintWriter err = command.getErr();
        String sentence = String.valueOf(refusal.getMessage());
        err.println("sluice: " + sentence + (sentence.endsWith(".") ? "" : "."));
        boolean _ = CommandLine.UnmatchedArgumentException.printSuggestions(refusal, err);
        err.println("See " + command.getCommandSpec().qualifiedName() + " --help.");
        err.flush();
        return FAILED;
    }

    /** A problem is one sentence; anything else is a defect of ours and shows where it happened. */
    private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult ignored) {
        PrintWriter err = command.getErr();
        if (failure instanceof ProblemException problem) {
            err.println("sluice: " + problem.problem().text());
        } else if (failure instanceof LinuxException refusal) {
            err.println("sluice: " + refusal.sentence() + " " + refusal.fix());
        } else {
            err.println("sluice: an unexpected failure, which is a defect of Sluice's; please report it:");
            failure.printStackTrace(err);
        }
        err.flush();
        return FAILED;
    }
}
