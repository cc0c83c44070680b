package org.sluice.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
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

    /** Logs in to the cloud that the environment or the data directory names. */
    public CloudClient client() throws IOException, InterruptedException {
        return new CloudClient(Login.find(System.getenv(), DataDirectory.of(chosen, System.getenv())));
    }
}
