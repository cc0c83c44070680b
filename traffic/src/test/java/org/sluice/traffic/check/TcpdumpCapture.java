package org.sluice.traffic.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * tcpdump on a device: which frames came in, and when the kernel stamped them. It shares no code with the tester.
 *
 * @see <a href="https://www.tcpdump.org/manpages/pcap-savefile.5.html">pcap-savefile(5)</a>
 */
final class TcpdumpCapture implements AutoCloseable {
    private static final int MAGIC_OF_NANOSECONDS = 0xa1b23c4d;
    private static final int FILE_HEADER = 24;
    private static final int FRAME_HEADER = 16;
    private static final long SECOND = 1_000_000_000L;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final String namespace;
    private final String device;
    private final long arrivedBefore;
    private final Process process;
    private final BufferedReader errors;
    private final Path file;

    private TcpdumpCapture(String namespace, String device, long arrivedBefore, Process process, Path file) {
        this.namespace = namespace;
        this.device = device;
        this.arrivedBefore = arrivedBefore;
        this.process = process;
        this.errors = process.errorReader(UTF_8);
        this.file = file;
    }

    /**
     * A frame that came in.
     *
     * @param at when, in nanoseconds of the wall clock
     * @param bytes from its destination address to its end; equal to those of another frame only if all bytes are
     */
    record Frame(long at, ByteBuffer bytes) {}

    /** Returns when tcpdump listens. */
    static TcpdumpCapture start(String namespace, String device) throws InterruptedException {
        List<String> command = inside(
                namespace,
                "tcpdump -i " + device
                        + " -Q in -n -s 2048 -B 16384 --immediate-mode -U --time-stamp-precision=nano -w -");
        try {
            Path file = Files.createTempFile("sluice-", ".pcap");
            Process process =
                    new ProcessBuilder(command).redirectOutput(file.toFile()).start();
            TcpdumpCapture capture = new TcpdumpCapture(namespace, device, arrived(namespace, device), process, file);
            capture.awaitListening();
            return capture;
        } catch (IOException failure) {
            throw new UncheckedIOException("tcpdump cannot be run.", failure);
        }
    }

    private void awaitListening() throws IOException {
        StringBuilder said = new StringBuilder();
        for (@Nullable String line = errors.readLine(); line != null; line = errors.readLine()) {
            if (line.contains("listening on")) {
                return;
            }
            said.append(line).append('\n');
        }
        close();
        throw new AssertionError("tcpdump does not listen: " + said);
    }

    /** Frames that the device received since it is there. */
    private static long arrived(String namespace, String device) throws InterruptedException {
        String file = "/sys/class/net/" + device + "/statistics/rx_packets";
        return Long.parseLong(Shell.run(inside(namespace, "cat " + file)).strip());
    }

    private static List<String> inside(String namespace, String command) {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        words.addAll(List.of(command.split(" ")));
        return words;
    }

    /**
     * Ends tcpdump when it has written what the device received; the frames in the order in which they came. A tcpdump that is
     * ended leaves what it has not read yet, and does not count it as dropped.
     */
    List<Frame> end() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (read().size() < arrived(namespace, device) - arrivedBefore && System.nanoTime() < end) {
            Thread.sleep(LOOK_AGAIN);
        }
        // Not by the process itself, which would close the stream that is read next.
        if (!process.toHandle().destroy()) {
            throw new AssertionError("tcpdump cannot be ended.");
        }
        String said = String.join("\n", errors.lines().toList());
        int code = process.waitFor();
        if (code != 0 || !said.contains("\n0 packets dropped by kernel")) {
            throw new AssertionError("tcpdump did not see all (exit code " + code + "): " + said);
        }
        return read();
    }

    private List<Frame> read() {
        ByteBuffer written;
        try {
            written = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        } catch (IOException failure) {
            throw new UncheckedIOException("The capture " + file + " cannot be read.", failure);
        }
        List<Frame> frames = new ArrayList<>();
        if (written.remaining() < FILE_HEADER) {
            return frames;
        }
        if (written.getInt() != MAGIC_OF_NANOSECONDS) {
            throw new AssertionError("tcpdump wrote no capture with stamps in nanoseconds.");
        }
        written.position(FILE_HEADER);
        while (written.remaining() >= FRAME_HEADER) {
            long at = written.getInt() * SECOND + written.getInt();
            int captured = written.getInt();
            int length = written.getInt();
            if (captured != length) {
                throw new AssertionError("tcpdump wrote " + captured + " of " + length + " bytes.");
            }
            if (length > written.remaining()) {
                break;
            }
            frames.add(new Frame(at, written.slice(written.position(), length)));
            written.position(written.position() + length);
        }
        return frames;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            boolean _ = Files.deleteIfExists(file);
        } catch (IOException failure) {
            throw new UncheckedIOException("The capture " + file + " cannot be removed.", failure);
        }
    }
}
