package org.sluice.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.sluice.controller.store.EmbeddedPostgres;
import org.sluice.model.Problem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice down}: stops what {@code up} started on a data directory, also what a killed one left, and nothing else. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description = "Stop the cloud that up started on this data directory. What it keeps stays.")
final class DownCommand implements Callable<Integer> {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory; /var/lib/sluice for root, else ~/.local/share/sluice.")
    private @Nullable Path chosen;

    @Override
    public Integer call() throws Exception {
        DataDirectory data = DataDirectory.of(chosen, System.getenv());
        PrintWriter out = spec.commandLine().getOut();
        if (!Files.isDirectory(data.path())) {
            out.println("Nothing runs on " + data.path() + "; there is no such directory.");
            return 0;
        }
        Optional<ProcessHandle> running = data.holder().flatMap(DataDirectory.Holder::alive);
        if (running.isPresent()) {
            stop(running.get(), data);
            out.println("Stopped.");
            return 0;
        }
        try (DataDirectory.Lock _ = data.hold()) {
            boolean controller = ControllerLife.stopLeftover(data);
            boolean database = EmbeddedPostgres.stopLeftover(data.postgres());
            boolean node = LabNode.stopLeftover(data.lab());
            out.println(
                    controller || database || node
                            ? "Stopped what a controller that did not end in order left on " + data.path() + "."
                            : "Nothing runs on " + data.path() + ".");
        }
        return 0;
    }

    private static void stop(ProcessHandle process, DataDirectory data) throws Exception {
        process.destroy();
        try {
            process.onExit().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException stillThere) {
            throw Problem.of(
                            Problem.Kind.UNAVAILABLE,
                            "DoesNotStop",
                            "Process " + process.pid() + " did not stop within " + LIMIT.toSeconds() + " s; "
                                    + data.log() + " says what it waits for.")
                    .asException();
        }
    }
}
