package org.sluice.cli;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sluice.model.Problem;
import org.sluice.model.protocol.JoinToken;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice agent}: makes this machine a compute host of a cluster. */
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Make this machine a compute host: join a cluster once, then keep the host at what the controllers want."
                        + " Runs until Ctrl-C; the VMs go on without it.")
final class AgentCommand implements Callable<Integer> {
    static final String LIBVIRT = "qemu:///system";

    @Option(
            names = "--controller",
            paramLabel = "URL",
            required = true,
            description = "A controller's listener for agents, https://HOST:PORT.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private URI controller;

    @Option(
            names = "--join",
            paramLabel = "TOKEN",
            description = "One-time join token (sluice fleet join-token); not needed by a host that is a member.")
    private @Nullable String token;

    @Option(names = "--name", paramLabel = "NAME", description = "Name of the host; the machine's own name.")
    private @Nullable String name;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory: identity, journal, images, disks; /var/lib/sluice for root.")
    private @Nullable Path chosen;

    @Option(
            names = "--libvirt",
            paramLabel = "URI",
            defaultValue = LIBVIRT,
            description = "Connection to libvirt; ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String libvirt;

    @Override
    public Integer call() throws Exception {
        DataDirectory data = DataDirectory.of(chosen, System.getenv());
        return Foreground.run(resources -> start(data, resources), true);
    }

    private void start(DataDirectory data, Resources resources) throws Exception {
        resources.add("lock of " + data.path(), data.hold());
        LogFile.open(data.log());
        String host = name == null ? machineName() : name;
        Members members = resources.add("members", new Members(controller, this::joinToken));
        LocalAgent.start(host, data.path(), libvirt, members, resources);
        System.out.println("ready  host " + host);
    }

    private JoinToken joinToken() {
        if (token == null) {
            throw Problem.of(
                            Problem.Kind.UNAUTHENTICATED,
                            "NoJoinToken",
                            "This machine is no member of the cluster yet; get a token with \"sluice fleet join-token\""
                                    + " and pass it with --join.")
                    .asException();
        }
        return JoinToken.parse(token);
    }

    /** The machine's name without its domain. */
    static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName().split("\\.", 2)[0];
        } catch (UnknownHostException nameless) {
            throw new org.sluice.model.ProblemException(
                    Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "NoHostname",
                            "This machine does not know its own name; pass one with --name."),
                    nameless);
        }
    }
}
