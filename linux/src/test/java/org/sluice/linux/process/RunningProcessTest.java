package org.sluice.linux.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RunningProcessTest {
    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(command).start();
    }

    @Test
    void asksAProcessToEndAndLearnsOfItsEnd() throws Exception {
        Process child = start("sleep", "60");
        try (RunningProcess process =
                RunningProcess.open(Math.toIntExact(child.pid())).orElseThrow()) {
            assertThat(process.awaitEnd(Duration.ofMillis(1))).isFalse();

            process.terminate();

            assertThat(process.awaitEnd(Duration.ofSeconds(10))).isTrue();
            process.terminate();
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor()).as("128 + SIGTERM").isEqualTo(143);
    }

    @Test
    void killsWhatDoesNotListen() throws Exception {
        Process child = start("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 60; done");
        assertThat(child.inputReader().readLine()).isEqualTo("ready");
        try (RunningProcess process =
                RunningProcess.open(Math.toIntExact(child.pid())).orElseThrow()) {
            process.terminate();
            assertThat(process.awaitEnd(Duration.ofMillis(50))).isFalse();

            process.kill();

            assertThat(process.awaitEnd(Duration.ofSeconds(10))).isTrue();
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor()).as("128 + SIGKILL").isEqualTo(137);
    }

    @Test
    void doesNotFindAProcessThatIsGone() throws Exception {
        Process child = start("true");
        child.waitFor();

        assertThat(RunningProcess.open(Math.toIntExact(child.pid()))).isEmpty();
    }
}
