package org.sluice.agent.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Runs a tool that makes a file, and turns its failure into a problem with the tool's own words. */
final class Tool {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private Tool() {}

    /**
     * Runs the command to its end.
     *
     * @param debianPackage what to install when the tool is missing
     * @throws ProblemException when it is missing, fails, or takes more than five minutes
     */
    static void run(String debianPackage, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw failed(command, "it did not end within " + LIMIT.toMinutes() + " minutes", Optional.empty());
            }
            if (process.exitValue() != 0) {
                throw failed(command, output, Optional.empty());
            }
        } catch (IOException cause) {
            ProblemException problem = failed(
                    command,
                    String.valueOf(cause.getMessage()),
                    Optional.of("Install the package " + debianPackage + " on this host."));
            problem.initCause(cause);
            throw problem;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw failed(command, "the agent was told to stop", Optional.empty());
        }
    }

    private static ProblemException failed(List<String> command, String reason, Optional<String> fix) {
        return new Problem(
                        Problem.Kind.UNAVAILABLE,
                        "DiskToolFailed",
                        Path.of(command.getFirst()).getFileName() + " failed: " + reason + ".",
                        fix)
                .asException();
    }
}
