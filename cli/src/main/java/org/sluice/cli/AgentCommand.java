package org.sluice.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.Agent;
import org.sluice.agent.AgentSettings;
import org.sluice.agent.controller.NotAMemberException;
import org.sluice.cli.settings.HostSettings;
import org.sluice.cli.settings.Role;
import org.sluice.cli.settings.Setting;
import org.sluice.cli.settings.Settings;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.protocol.JoinToken;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice agent}: this machine as a compute host of a cluster. */
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Make this machine a compute host of a cluster. It joins once, with a token that the controller gives;"
                        + " after that its certificate is enough.")
final class AgentCommand implements Callable<Integer>, Configured {
    private static final Logger log = LoggerFactory.getLogger(AgentCommand.class);

    /** As sysexits.h has it: an error of the program itself. */
    private static final int SOFTWARE = 70;

    /** As sysexits.h has it: what it was set up with is not good any more, and to start it again changes nothing. */
    static final int NOT_A_MEMBER = 78;

    private static final Path HOSTNAME = Path.of("/proc/sys/kernel/hostname");

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Configuration.Source source;

    @Override
    public List<Setting<?>> overridable() {
        return Settings.overridable(Role.AGENT);
    }

    @Override
    public Integer call() throws Exception {
        Configuration configuration = source.read(System.getenv(), Role.AGENT);
        try {
            return Foreground.run(resources -> start(configuration, resources), true);
        } catch (ProblemException refused) {
            if (!refused.problem().code().equals(Members.REMOVED)) {
                throw refused;
            }
            System.err.println("sluice: " + refused.problem().text());
            return NOT_A_MEMBER;
        }
    }

    private static void start(Configuration configuration, Resources resources) throws Exception {
        DataDirectory data = configuration.data();
        Settings settings = configuration.settings();
        URI controller = settings.find(HostSettings.CONTROLLER)
                .orElseThrow(() -> refused(
                        "The agent must know its controllers' listener; give it with --controller URL, or as"
                                + " agent.controller in the settings file.",
                        null));
        resources.add("lock of " + data.path(), configuration.hold());
        LogFile.open(data.log());
        Optional<String> name = settings.find(HostSettings.NAME);
        String hostname = name.isPresent() ? name.get() : machineName();
        Members.Tokens given = _ -> joinToken(settings);
        Members members = resources.add(
                "members",
                new Members(
                        controller, given, settings.findText(HostSettings.JOIN).map(_ -> given)));
        Agent agent;
        try {
            agent = LocalAgent.join(hostname, data.path(), settings, members, resources)
                    .start(resources, AgentCommand::end);
        } catch (IOException unreachable) {
            throw refused(
                    "The agent could not start with the controller at " + controller + ": " + unreachable, unreachable);
        }
        Optional<String> lack = agent.lack();
        System.out.println((lack.isEmpty() ? "ready  " : "joined  ") + hostname);
        lack.ifPresent(sentence -> System.err.println("sluice: The host " + hostname
                + " is a member and takes no servers yet; it looks again every "
                + AgentSettings.DEFAULT.compareEvery().toSeconds() + " s. " + sentence));
    }

    /** A unit, or whoever else started the process, starts the next one, which goes on with the journal. */
    private static void end(Throwable reason) {
        if (reason instanceof NotAMemberException gone) {
            String sentence =
                    "This host is no member of the cloud any more, so its agent ends; what runs here runs on. "
                            + gone.getMessage()
                            + " A removed host joins anew when its agent is started with --join and a new token, which 'sluice fleet"
                            + " join-token' prints.";
            log.error("{}", sentence);
            System.err.println("sluice: " + sentence);
            Runtime.getRuntime().halt(NOT_A_MEMBER);
        }
        log.error("A thread of the agent has ended, so the agent ends.", reason);
        Runtime.getRuntime().halt(SOFTWARE);
    }

    /** The machine's name without its domain. */
    static String machineName() throws IOException {
        return Files.readString(HOSTNAME).strip().split("\\.", 2)[0];
    }

    private static JoinToken joinToken(Settings settings) {
        String token = settings.findText(HostSettings.JOIN)
                .orElseThrow(() ->
                        refused("This machine has not joined a cluster yet; give a join token with --join.", null));
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
