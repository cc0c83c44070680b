package org.sluice.linux.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
    private static final FileAttribute<Set<PosixFilePermission>> OWNERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("file");
    }

    @Test
    void writesAFile() throws IOException {
        DurableFiles.write(file, bytes("new"), OWNERS);

        assertThat(file).hasContent("new");
        assertAlone();
    }

    @Test
    void replacesWhatAFileHadAndWhoMayReadIt() throws IOException {
        Files.writeString(file, "old and longer");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        DurableFiles.write(file, bytes("new"), OWNERS);

        assertThat(file).hasContent("new");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(OWNERS.value());
        assertAlone();
    }

    @Test
    void replacesWhatAKilledProcessLeftAndWhoMayReadThat() throws IOException {
        Path left = directory.resolve("file" + DurableFiles.UNFINISHED);
        Files.writeString(left, "half of it");
        Files.setPosixFilePermissions(left, PosixFilePermissions.fromString("rw-rw-rw-"));

        DurableFiles.replace(file, bytes("new"), OWNERS);

        assertThat(file).hasContent("new");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(OWNERS.value());
        assertAlone();
    }

    @Test
    void whoHasTheOldFileOpenReadsAllOfIt() throws IOException {
        DurableFiles.write(file, bytes("old"), OWNERS);
        try (var open = Files.newInputStream(file)) {
            DurableFiles.write(file, bytes("new"), OWNERS);

            assertThat(open.readAllBytes()).isEqualTo(bytes("old"));
        }
    }

    @Test
    void leavesEverythingAsItWasWhenItFails() throws IOException {
        // A directory that is not empty cannot be renamed over.
        Files.createDirectory(file);
        Files.writeString(file.resolve("in it"), "");

        assertThatThrownBy(() -> DurableFiles.write(file, bytes("new"), OWNERS))
                .isInstanceOf(FileSystemException.class);

        assertThat(file.resolve("in it")).exists();
        assertAlone();
    }

    @Test
    void leavesEverythingAsItWasWhenItsThreadIsInterrupted() throws IOException {
        DurableFiles.write(file, bytes("old"), OWNERS);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> DurableFiles.write(file, bytes("new"), OWNERS))
                .isInstanceOf(ClosedByInterruptException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(file).hasContent("old");
        assertAlone();
    }

    @Test
    void needsADirectory() {
        Path nowhere = directory.resolve("none").resolve("file");

        assertThatThrownBy(() -> DurableFiles.write(nowhere, bytes("new"), OWNERS))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void removesAFileThatMayBeGone() throws IOException {
        DurableFiles.write(file, bytes("old"), OWNERS);

        DurableFiles.delete(file);
        DurableFiles.delete(file);

        assertThat(directory).isEmptyDirectory();
    }

    /** What cannot be seen without a loss of power: what the kernel is asked for, and in which order. */
    @Test
    void theDiskHasTheContentBeforeTheNameAndTheNameBeforeItReturns() throws IOException, InterruptedException {
        Path unfinished = directory.resolve("file" + DurableFiles.UNFINISHED);

        assertThat(calls("write"))
                .containsExactly(
                        "fsync " + unfinished,
                        "rename " + unfinished + " " + file,
                        "fsync " + directory,
                        "unlink " + file,
                        "fsync " + directory);
        assertThat(calls("replace"))
                .as("what need not survive a loss of power does not wait for the disk")
                .containsExactly("rename " + unfinished + " " + file, "unlink " + file, "fsync " + directory);
    }

    /** Writes the file and removes it, for {@link #calls}. */
    static final class Writer {
        public static void main(String[] arguments) throws IOException {
            Path file = Path.of(arguments[1]);
            if (arguments[0].equals("write")) {
                DurableFiles.write(file, bytes("new"), OWNERS);
            } else {
                DurableFiles.replace(file, bytes("new"), OWNERS);
            }
            DurableFiles.delete(file);
        }
    }

    /** What such a process asks of the kernel about the directory. */
    private List<String> calls(String verb) throws IOException, InterruptedException {
        Path trace = Files.createTempFile("strace", ".txt");
        try {
            assertThat(strace(trace, verb)).isZero();
            List<String> calls = new ArrayList<>();
            for (String line : Files.readAllLines(trace)) {
                // strace(1) with -f and -y: 4711 fsync(5</tmp/x/file>) = 0
                if (line.contains(directory.toString()) && line.endsWith(" = 0")) {
                    calls.add(line.replaceFirst("^[0-9]+ +", "")
                            .replaceAll("\\([0-9]+<(.*)>\\).*", " $1")
                            .replaceAll("\\(\"", " ")
                            .replaceAll("\", \"", " ")
                            .replaceAll("\"\\).*", ""));
                }
            }
            return calls;
        } finally {
            Files.delete(trace);
        }
    }

    private int strace(Path trace, String verb) throws IOException, InterruptedException {
        List<String> command = List.of(
                "strace",
                "-f",
                "-y",
                "-qq",
                "-e",
                "trace=fsync,fdatasync,rename,renameat2,unlink",
                "-o",
                trace.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                verb,
                file.toString());
        Process process;
        try {
            process = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException missing) {
            assumeTrue(false, "There is no strace on this machine.");
            throw missing;
        }
        return process.waitFor();
    }

    private void assertAlone() {
        assertThat(directory.toFile().list()).containsExactly("file");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
