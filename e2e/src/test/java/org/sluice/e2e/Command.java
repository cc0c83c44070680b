package org.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command line as a user would type it, run to its end. */
record Command(List<String> words, int status, String output, String errors) {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    static Command run(Map<String, String> environment, List<String> words) {
        try {
            Path output = Files.createTempFile("sluice-e2e", ".out");
            Path errors = Files.createTempFile("sluice-e2e", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(words)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError(words + " did not end within " + LIMIT + ": " + Files.readString(output));
                }
                return new Command(
                        words,
                        process.exitValue(),
                        new String(Files.readAllBytes(output), StandardCharsets.UTF_8),
                        new String(Files.readAllBytes(errors), StandardCharsets.UTF_8));
            } finally {
                Files.delete(output);
                Files.delete(errors);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(words + " could not be run", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(words + " was interrupted", interrupted);
        }
    }

    /** Its output, after it succeeded. */
    String succeeded() {
        assertThat(status).as("%s said:%n%s%n%s", words, output, errors).isZero();
        return output;
    }

    /** What it said, after it failed as it should. */
    String failed() {
        assertThat(status)
                .as("%s should have failed and said:%n%s", words, output)
                .isNotZero();
        return output + errors;
    }
}
