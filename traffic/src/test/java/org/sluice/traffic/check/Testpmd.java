package org.sluice.traffic.check;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** dpdk-testpmd on a device of a named namespace, without huge pages and without hardware. For one thread. */
final class Testpmd implements AutoCloseable {
    private static final Pattern RECEIVED = Pattern.compile("RX-packets: (\\d+) .*");
    private static final Pattern SENT = Pattern.compile("TX-packets: (\\d+) .*");

    private final Program program;

    private Testpmd(Program program) {
        this.program = program;
    }

    /** Skips the test where it is missing. */
    static void assumeInstalled() {
        Program.assumeInstalled("dpdk-testpmd", "dpdk-dev");
    }

    /** Starts counting what arrives; returns when it does. */
    static Testpmd receiving(String namespace, String device) throws InterruptedException {
        return start(namespace, device, List.of("--forward-mode=rxonly"));
    }

    /** Starts sending as fast as it can; returns when it does. */
    static Testpmd sending(String namespace, String device) throws InterruptedException {
        return start(namespace, device, List.of("--forward-mode=txonly", "--txpkts=60"));
    }

    private static Testpmd start(String namespace, String device, List<String> mode) throws InterruptedException {
        // Of two cores the first, which the tester's sender does not use, forwards; memory by malloc, no lock files.
        List<String> command = new ArrayList<>(List.of(
                "dpdk-testpmd",
                "--no-huge",
                "-m",
                "128",
                "--no-pci",
                "--no-shconf",
                "--no-telemetry",
                "-l",
                "0,1",
                "--main-lcore=1",
                "--vdev=" + device,
                "--",
                "--total-num-mbufs=16384",
                "--auto-start",
                "--stats-period",
                "1"));
        boolean _ = command.addAll(mode);
        Testpmd testpmd = new Testpmd(Program.start(namespace, command));
        testpmd.program.awaitLine("packet forwarding packets/burst");
        return testpmd;
    }

    /** Waits until it says that so many frames came. */
    void awaitReceived(long frames) throws InterruptedException {
        program.awaitOutput(lines -> last(lines, RECEIVED) >= frames);
    }

    /** Waits until it says that so many frames went. */
    void awaitSent(long frames) throws InterruptedException {
        program.awaitOutput(lines -> last(lines, SENT) >= frames);
    }

    /** Ends it; how many frames came while it ran. */
    long received() throws InterruptedException {
        return last(program.terminate(), RECEIVED);
    }

    /** Ends it; how many frames it sent. */
    long sent() throws InterruptedException {
        return last(program.terminate(), SENT);
    }

    private static long last(List<String> lines, Pattern pattern) {
        for (String line : lines.reversed()) {
            Matcher matcher = pattern.matcher(line.strip());
            if (matcher.matches()) {
                return Long.parseLong(matcher.group(1));
            }
        }
        return 0;
    }

    @Override
    public void close() {
        program.close();
    }
}
