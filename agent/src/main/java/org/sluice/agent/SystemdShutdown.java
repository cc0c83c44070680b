package org.sluice.agent;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sluice.agent.host.Shutdown;

/**
 * Asks systemd, which says {@code stopping} from the moment that the job of {@code shutdown.target} is queued, before it stops anything
 * (systemctl(1), {@code is-system-running}). A machine without it (sd_booted(3)) cannot be asked, and is not going down: there the agent
 * is to be stopped before the guests are. Thread-safe.
 */
final class SystemdShutdown implements Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdShutdown.class);
    private static final Path BOOTED_BY_SYSTEMD = Path.of("/run/systemd/system");
    private static final String STOPPING = "stopping";
    private static final int LONGEST_ANSWER = 64;
    private static final long LONGEST_WAIT_SECONDS = 5;

    private final Path booted;
    private final List<String> question;

    /** Of this machine. */
    SystemdShutdown() {
        this(BOOTED_BY_SYSTEMD, List.of("systemctl", "is-system-running"));
    }

    /**
     * Asks otherwise.
     *
     * @param booted a folder that is there where systemd is
     * @param question the command whose answer is the state
     */
    SystemdShutdown(Path booted, List<String> question) {
        this.booted = requireNonNull(booted, "booted is null");
        this.question = List.copyOf(question);
    }

    @Override
    public boolean isUnderWay() {
        if (!Files.isDirectory(booted, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            return answer().strip().equals(STOPPING);
        } catch (IOException e) {
            LOG.warn("Whether this machine is going down cannot be asked: {}", e.getMessage());
            return false;
        }
    }

    private String answer() throws IOException {
        // Its exit code says only whether the state is "running"; one word fits any pipe.
        Process process = new ProcessBuilder(question)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(question.getFirst() + " did not end within " + LONGEST_WAIT_SECONDS + " s.");
            }
            try (InputStream said = process.getInputStream()) {
                return new String(said.readNBytes(LONGEST_ANSWER), StandardCharsets.UTF_8);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("The agent stops.", stopped);
        } finally {
            process.destroyForcibly();
        }
    }
}
