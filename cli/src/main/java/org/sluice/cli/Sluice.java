package org.sluice.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program. Exit codes: 0 done, 2 not done, for a reason that one sentence on standard error gives. */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "An OpenStack-compatible cloud that gives VMs the virtual functions of SR-IOV cards.")
public final class Sluice {
    /** Every command is registered here and nowhere else. */
    private static final List<Class<?>> COMMANDS = List.of(
            UpCommand.class,
            DownCommand.class,
            ControllerCommand.class,
            AdminPasswordCommand.class,
            AgentCommand.class,
            FleetCommand.class,
            ConfigCommand.class,
            ExplainCommand.class,
            ImportCommand.class,
            PolicyCommand.class,
            AuditCommand.class,
            TrafficCommand.class);

    private Sluice() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine(arguments).execute(arguments));
    }

    /** The version that the jar's manifest carries. */
    public static String version() {
        return Version.text();
    }

    /**
     * What reads that command line. Only the command that it names is looked at, as all of them together cost a start half a second;
     * where it names none, what is said about it is about all.
     */
    static CommandLine commandLine(String... arguments) {
        CommandLine program = new CommandLine(new Sluice());
        List<Class<?>> named = COMMANDS.stream()
                .filter(command -> arguments.length > 0 && nameOf(command).equals(arguments[0]))
                .toList();
        (named.isEmpty() ? COMMANDS : named).forEach(command -> program.addSubcommand(new CommandLine(command)));
        return Commands.of(program);
    }

    private static String nameOf(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }
}
