package org.sluice.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.JoinToken;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice agent}: this machine as a compute host of a cluster. */
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Make this machine a compute host of a cluster. It joins once, with a token that the controller gives;"
                        + " after that its certificate is enough.")
final class AgentCommand implements Callable<Integer> {
    static final String LIBVIRT = "qemu:///system";

    private static final Path HOSTNAME = Path.of("/proc/sys/kernel/hostname");

    @Option(
            names = "--controller",
            paramLabel = "URL",
            required = true,
            description = "The controllers' listener for agents, https://ADDRESS:PORT.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private URI controller;

    @Option(
            names = "--join",
            paramLabel = "TOKEN",
            description =
                    "One-time join token; needed until the machine has joined. @FILE reads it from a file, which keeps it"
                            + " out of the list of processes.")
    private @Nullable String token;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Data directory: identity, journal, disks; /var/lib/sluice for root, else ~/.local/share/sluice.")
    private @Nullable Path chosen;

    @Option(names = "--name", paramLabel = "NAME", description = "Name to be known by; the machine's own.")
    private @Nullable String name;

    @Option(
            names = "--libvirt",
            paramLabel = "URI",
            defaultValue = LIBVIRT,
            description = "libvirt connection; ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String libvirt;

    @Override
    public Integer call() throws Exception {
        if (!"https".equals(controller.getScheme()) || controller.getHost() == null) {
            throw refused("The value of --controller must be a URL such as https://192.0.2.10:8775.", null);
        }
        DataDirectory data = DataDirectory.of(chosen, System.getenv());
        return Foreground.run(resources -> start(data, resources), true);
    }

    private void start(DataDirectory data, Resources resources) throws Exception {
        resources.add("lock of " + data.path(), data.hold());
        LogFile.open(data.log());
        String hostname = name == null ? machineName() : name;
        Members members = resources.add("members", new Members(controller, _ -> joinToken()));
        try {
            LocalAgent.start(hostname, data.path(), libvirt, members, resources);
        } catch (IOException unreachable) {
            throw refused(
                    "The agent could not start with the controller at " + controller + ": " + unreachable, unreachable);
        }
        System.out.println("ready  " + hostname);
    }

    /** The machine's name without its domain. */
    static String machineName() throws IOException {
        return Files.readString(HOSTNAME).strip().split("\\.", 2)[0];
    }

    private JoinToken joinToken() {
        if (token == null) {
            throw refused("This machine has not joined a cluster yet; give a join token with --join.", null);
        }
        try {
            return JoinToken.parse(token);
        } catch (IllegalArgumentException malformed) {
            throw refused(String.valueOf(malformed.getMessage()), malformed);
        }
    }

    private static ProblemException refused(String sentence, @Nullable Exception cause) {
        Problem problem = Problem.of(Problem.Kind.BAD_REQUEST, "AgentCannotStart", sentence);
        return cause == null ? problem.asException() : new ProblemException(problem, cause);
    }
}
