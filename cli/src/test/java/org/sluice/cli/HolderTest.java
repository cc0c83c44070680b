package org.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.cli.DataDirectory.Holder;

/** Which process a file means: the one that is there under that id, or one that was. */
final class HolderTest {
    private static final ProcessHandle SELF = ProcessHandle.current();

    @TempDir
    Path directory;

    private Holder written(String text) throws IOException {
        return Holder.in(Files.writeString(directory.resolve("process"), text)).orElseThrow();
    }

    @Test
    void aProcessIsKnownByWhatNoClockMoves() throws IOException {
        Holder self = Holder.of(SELF);
        String ticks = Files.readString(Path.of("/proc/self/stat"))
                .replaceAll(".*\\) ", "")
                .split(" ")[19];
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();

        assertThat(self.text()).isEqualTo(SELF.pid() + "\n" + ticks + " " + boot + "\n");
        assertThat(written(self.text())).isEqualTo(self);
        assertThat(self.alive()).contains(SELF);
        assertThat(new Holder(SELF.pid(), "1 " + boot).alive()).isEmpty();
        assertThat(new Holder(SELF.pid(), ticks + " 00000000-0000-0000-0000-000000000000").alive())
                .isEmpty();
    }

    @Test
    void whatTheVersionBeforeWroteIsRead() throws IOException {
        String instant = SELF.info().startInstant().orElseThrow().toString();

        assertThat(written(SELF.pid() + "\n" + instant + "\n").alive()).contains(SELF);
        assertThat(written(SELF.pid() + "\n2001-01-01T00:00:00Z\n").alive()).isEmpty();
    }

    @Test
    void whoIsGoneIsNobody() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        Holder before = Holder.of(gone.toHandle());
        assertThat(gone.waitFor()).isZero();

        assertThat(before.alive()).isEmpty();
        assertThat(Holder.of(gone.toHandle()).alive()).isEmpty();
        assertThat(Holder.in(directory.resolve("none"))).isEmpty();
    }
}
