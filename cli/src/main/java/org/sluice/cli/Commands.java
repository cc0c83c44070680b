package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.sluice.linux.LinuxException;
import org.sluice.model.ProblemException;
import picocli.CommandLine;

/** How every command of the program reads its command line, and how it says that something was not done. */
final class Commands {
    static final int FAILED = 2;

    private Commands() {}

    /** Prepares a program and the commands below it. */
    static CommandLine of(CommandLine commandLine) {
        addSettings(commandLine);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler(Commands::explain);
        commandLine.setParameterExceptionHandler(Commands::refuse);
        return commandLine;
    }

    /** Runs a program that has no command line to speak of. */
    static int exitCodeOf(Callable<Integer> program) {
        try {
            return program.call();
        } catch (Exception failure) {
            return explain(failure, new PrintWriter(System.err, true, UTF_8));
        }
    }

    private static void addSettings(CommandLine command) {
        if (command.getCommand() instanceof Configured configured) {
            Configuration.addOptions(command.getCommandSpec(), configured.overridable());
        }
        command.getSubcommands().values().forEach(Commands::addSettings);
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
        return explain(failure, command.getErr());
    }

    private static int explain(Exception failure, PrintWriter err) {
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
