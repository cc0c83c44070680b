package org.sluice.traffic.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** tcpdump at work on a device: sees what arrives there and leaves, with the kernel's stamps. */
final class Capture implements AutoCloseable {
    /** The file format (draft-ietf-opsawg-pcap) with nanoseconds, in the byte order of who wrote it. */
    private static final int MAGIC_NANOSECONDS = 0xA1B23C4D;

    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int CAPTURED_LENGTH = 8;

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Program program;
    private final Path file;

    private Capture(Program program, Path file) {
        this.program = program;
        this.file = file;
    }

    /**
     * Begins to capture; returns when it does. Without immediate mode: waking tcpdump for each frame would cost the path that is
     * measured several microseconds.
     */
    static Capture start(String namespace, String device) throws InterruptedException {
        Path file = temporaryFile();
        Capture capture = new Capture(
                Program.start(
                        namespace,
                        List.of(
                                "tcpdump",
                                "-i",
                                device,
                                "-n",
                                "-Z",
                                "root",
                                "-B",
                                "32768",
                                "-U",
                                "--time-stamp-precision=nano",
                                "-w",
                                file.toString(),
                                "udp")),
                file);
        capture.program.awaitLine("listening on");
        return capture;
    }

    /** Ends it when so many frames were written, and reads the tester's among them. */
    List<RelayedFrame> finish(long frames) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (read(file).size() < frames && System.nanoTime() < end) {
            // tcpdump tells nobody when it wrote what the kernel hands over, a second late at most.
            Thread.sleep(LOOK_AGAIN);
        }
        List<String> output = program.terminate();
        if (output.stream().noneMatch(line -> line.startsWith("0 packets dropped by kernel"))) {
            throw new AssertionError("tcpdump lost frames:\n" + String.join("\n", output));
        }
        return read(file).stream().filter(RelayedFrame::isTest).toList();
    }

    private static List<RelayedFrame> read(Path file) {
        ByteBuffer data = bytes(file).order(ByteOrder.nativeOrder());
        List<RelayedFrame> frames = new ArrayList<>();
        if (data.remaining() < FILE_HEADER) {
            return frames;
        }
        if (data.getInt(0) != MAGIC_NANOSECONDS) {
            throw new AssertionError("tcpdump wrote no stamps in nanoseconds.");
        }
        ByteBuffer _ = data.position(FILE_HEADER);
        while (data.remaining() >= RECORD_HEADER) {
            int captured = data.getInt(data.position() + CAPTURED_LENGTH);
            if (data.remaining() < RECORD_HEADER + captured) {
                break;
            }
            long stamp = (data.getInt() & 0xFFFF_FFFFL) * 1_000_000_000L + data.getInt();
            byte[] bytes = new byte[captured];
            ByteBuffer _ = data.position(data.position() + 2 * Integer.BYTES).get(bytes);
            boolean _ = frames.add(new RelayedFrame(bytes, stamp));
        }
        return frames;
    }

    private static Path temporaryFile() {
        try {
            return Files.createTempFile("sluice-", ".pcap");
        } catch (IOException failure) {
            throw new UncheckedIOException("No file for the capture can be made.", failure);
        }
    }

    private static ByteBuffer bytes(Path file) {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(file));
        } catch (IOException failure) {
            throw new UncheckedIOException("The capture " + file + " cannot be read.", failure);
        }
    }

    @Override
    public void close() {
        program.close();
        try {
            boolean _ = Files.deleteIfExists(file);
        } catch (IOException failure) {
            throw new UncheckedIOException("The capture " + file + " cannot be deleted.", failure);
        }
    }
}
