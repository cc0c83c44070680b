package org.sluice.agent.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;

/** Runs a tool that makes a file, and turns its failure into a problem with the tool's own words. */
final class Tool {
    /** What a tool usually takes at most. */
    static final Duration USUAL = Duration.ofMinutes(5);

    private static final int LONGEST_OUTPUT = 4096;

    private Tool() {}

    /**
     * Runs the command to its end.
     *
     * @param debianPackage what to install when the tool is missing
     * @throws ProblemException when it is missing, fails, or takes more than five minutes
     */
    static void run(String debianPackage, List<String> command) {
        String _ = run(debianPackage, USUAL, command);
    }

    /**
     * The same with another limit; a tool whose thread is interrupted is ended.
     *
     * @return the first 4 KiB of what it says
     */
    static String run(String debianPackage, Duration limit, List<String> command) {
        try {
            // A file takes all that it says, whoever reads it and when; a pipe would have to be read beside the wait
            // for its end.
            Path said = Files.createTempFile("sluice-tool", ".out");
            try {
                return run(limit, command, said);
            } finally {
                Files.delete(said);
            }
        } catch (IOException cause) {
            ProblemException problem = failed(
                    command,
                    String.valueOf(cause.getMessage()),
                    Optional.of("Install the package " + debianPackage + " on this host."));
            problem.initCause(cause);
            throw problem;
        }
    }

    private static String run(Duration limit, List<String> command, Path said) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw failed(command, "it did not end within " + limit.toSeconds() + " s", Optional.empty());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw failed(command, "nobody waits for it any more", Optional.empty());
        } finally {
            process.destroyForcibly();
        }
        String output;
        try (InputStream in = Files.newInputStream(said)) {
            output = new String(in.readNBytes(LONGEST_OUTPUT), StandardCharsets.UTF_8).strip();
        }
        if (process.exitValue() != 0) {
            throw failed(command, output, Optional.empty());
        }
        return output;
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
