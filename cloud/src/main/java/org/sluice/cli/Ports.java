package org.sluice.cli;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Finds out before anything is started whether we may listen somewhere. Stateless. */
final class Ports {
    private Ports() {}

    /** Returns when the address is free. */
    static void expectFree(Listen listen, String option) {
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
