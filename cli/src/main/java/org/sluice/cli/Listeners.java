package org.sluice.cli;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import org.jspecify.annotations.Nullable;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import picocli.CommandLine.Option;

/** Where a controller listens, as the options of the commands that run one say it. */
final class Listeners {
    @Option(
            names = "--listen",
            paramLabel = "ADDR:PORT",
            defaultValue = Listen.DEFAULT,
            converter = Listen.Converter.class,
            description = "Where the OpenStack APIs listen; ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Listen listen;

    @Option(
            names = "--agent-listen",
            paramLabel = "ADDR:PORT",
            converter = Listen.Converter.class,
            description = "Where the hosts' agents connect, with mutual TLS; the next port.")
    private @Nullable Listen agentListen;

    /** Where the OpenStack APIs listen. */
    Listen api() {
        return listen;
    }

    /** Where the hosts' agents connect. */
    Listen agents() {
        return agentListen == null ? listen.next() : agentListen;
    }

    /**
     * Finds out before anything is started whether we may listen there.
     *
     * @throws ProblemException when an address is taken or not ours
     */
    void expectFree() {
        expectFree(api(), "--listen");
        expectFree(agents(), "--agent-listen");
    }

    private static void expectFree(Listen listen, String option) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(listen.socketAddress());
        } catch (BindException taken) {
            throw refused(
                    "Sluice cannot listen on " + listen + " (" + taken.getMessage() + "); choose another with " + option
                            + ".",
                    taken);
        } catch (IOException failure) {
            throw refused("Sluice cannot listen on " + listen + ": " + failure.getMessage() + ".", failure);
        }
    }

    private static ProblemException refused(String sentence, Exception cause) {
        return new ProblemException(Problem.of(Problem.Kind.CONFLICT, "CannotListen", sentence), cause);
    }
}
