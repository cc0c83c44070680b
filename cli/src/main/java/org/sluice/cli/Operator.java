package org.sluice.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The option that says which cloud an operator's command talks to. */
public final class Operator {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Data directory whose openrc is used when the environment has no OS_AUTH_URL.")
    private @Nullable Path chosen;

    /** The data directory that the option names, or the usual one. */
    DataDirectory data() {
        return DataDirectory.of(chosen, System.getenv());
    }

    /** Whether a command that {@link #client} refused so has found no cloud on its data directory, and was to look nowhere else. */
    boolean findsNoCloudHere(Problem problem) throws IOException {
        return !Login.isNamedBy(System.getenv())
                && (problem.code().equals(Login.NO_CLOUD)
                        || (problem.code().equals(CloudClient.UNREACHABLE)
                                && Started.find(data()).isEmpty()));
    }

    /** Logs in to the cloud that the environment or the data directory names. */
    public CloudClient client() throws IOException, InterruptedException {
        try {
            return new CloudClient(Login.find(System.getenv(), data()));
        } catch (ProblemException away) {
            Optional<Started> here = Login.isNamedBy(System.getenv()) ? Optional.empty() : Started.find(data());
            if (!away.problem().code().equals(CloudClient.UNREACHABLE) || here.isEmpty()) {
                throw away;
            }
            Problem said = away.problem();
            throw new ProblemException(
                    new Problem(said.kind(), said.code(), said.sentence(), Optional.of(remedy(here.get()))), away);
        }
    }

    /** Of a cloud that runs on this machine's data directory and does not answer. */
    private String remedy(Started here) {
        String runs = "Process " + here.by().id() + " runs on " + data().path();
        return here.behindPublicUrl()
                .map(listener -> runs + " and listens elsewhere than at its public URL: load " + data().openrc()
                        + ", set OS_AUTH_URL=" + listener + " and try again.")
                .orElse(runs + "; it may still be starting. Try again in a moment, or look into " + data().log() + ".");
    }
}
