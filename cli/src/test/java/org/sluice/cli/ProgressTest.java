package org.sluice.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a start shows, and in which order it is taken down. */
final class ProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private Progress progress(boolean terminal) {
        return new Progress(new PrintStream(bytes, true, UTF_8), terminal);
    }

    @Test
    void elsewhereThanOnATerminalEveryStepIsPlainLines() throws Exception {
        try (Progress progress = progress(false)) {
            assertThat(progress.<Integer>step("PostgreSQL", () -> 7)).isEqualTo(7);
            progress.line("ready");
        }
        assertThat(bytes.toString(UTF_8)).matches("  PostgreSQL \\.\\.\\.\n  PostgreSQL: done, \\d\\.\\d s\nready\n");
    }

    @Test
    void aFailedStepIsShownAndItsFailureComesOut() {
        try (Progress progress = progress(false)) {
            assertThatThrownBy(() -> progress.step("node", () -> {
                        throw new IOException("no QEMU");
                    }))
                    .hasMessage("no QEMU");
        }
        assertThat(bytes.toString(UTF_8)).contains("node: failed after");
    }

    @Test
    void aTerminalSeesMarksAndNoLeftoverLine() throws Exception {
        try (Progress progress = progress(true)) {
            progress.step("node", () -> 1);
        }
        assertThat(bytes.toString(UTF_8)).contains("✓ node").endsWith("\r\033[2K");
    }

    @Test
    void resourcesCloseInReverseAndAFailureKeepsNoneOpen() {
        List<String> closed = new ArrayList<>();
        try (Resources resources = new Resources()) {
            resources.add("first", () -> closed.add("first"));
            resources.add("broken", () -> {
                throw new IOException("stuck");
            });
            resources.add("last", () -> closed.add("last"));
        }
        assertThat(closed).containsExactly("last", "first");
    }

    @Test
    void whatComesAfterTheStopIsClosedAtOnce() {
        List<String> closed = new ArrayList<>();
        Resources resources = new Resources();
        resources.close();
        assertThatThrownBy(() -> resources.add("late", () -> closed.add("late")))
                .isInstanceOf(Resources.Stopped.class);
        assertThat(closed).containsExactly("late");
    }
}
