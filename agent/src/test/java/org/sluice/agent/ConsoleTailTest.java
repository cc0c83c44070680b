package org.sluice.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleTailTest {
    @TempDir
    Path directory;

    private Path console;

    @BeforeEach
    void prepare() {
        console = directory.resolve("console");
    }

    @Test
    void givesTheLastLines() throws IOException {
        Files.writeString(console, "one\ntwo\nthree\n");
        assertThat(ConsoleTail.read(console, 1)).isEqualTo("three\n");
        assertThat(ConsoleTail.read(console, 2)).isEqualTo("two\nthree\n");
        assertThat(ConsoleTail.read(console, 9)).isEqualTo("one\ntwo\nthree\n");
        assertThat(ConsoleTail.read(console, -1)).isEqualTo("one\ntwo\nthree\n");
        assertThat(ConsoleTail.read(console, 0)).isEmpty();
    }

    @Test
    void countsALineThatHasNotEndedYet() throws IOException {
        Files.writeString(console, "one\nvm00 login: ");
        assertThat(ConsoleTail.read(console, 1)).isEqualTo("vm00 login: ");
    }

    @Test
    void answersNothingBeforeThereIsAConsole() {
        assertThat(ConsoleTail.read(console, -1)).isEmpty();
    }

    @Test
    void readsNoMoreThanTheLimit() throws IOException {
        Files.writeString(console, "x".repeat(ConsoleTail.LIMIT + 10) + "end");
        assertThat(ConsoleTail.read(console, -1)).hasSize(ConsoleTail.LIMIT).endsWith("xend");
    }

    @Test
    void answersWithWhatWasTurnedOverLately() throws IOException {
        Path console = directory.resolve("turned.log");
        Files.writeString(console.resolveSibling("turned.log.0"), "one\ntwo\n");
        Files.writeString(console, "three\n");

        assertThat(ConsoleTail.read(console, 2)).isEqualTo("two\nthree\n");
        assertThat(ConsoleTail.read(console, -1)).isEqualTo("one\ntwo\nthree\n");
    }
}
