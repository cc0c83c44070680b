package org.sluice.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sluice.model.Problem;
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
    boolean findsNoCloudHere(Problem problem) {
        return !Login.isNamedBy(System.getenv()) && isNoCloud(problem);
    }

    private static boolean isNoCloud(Problem problem) {
        return problem.code().equals(Login.NO_CLOUD) || problem.code().equals(CloudClient.UNREACHABLE);
    }

    /** Logs in to the cloud that the environment or the data directory names. */
    public CloudClient client() throws IOException, InterruptedException {
        return new CloudClient(Login.find(System.getenv(), data()));
    }
}
