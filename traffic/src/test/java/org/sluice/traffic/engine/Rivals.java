package org.sluice.traffic.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the tester is compared with: its loops in C (bench/reference.c), trafgen of netsniff-ng, testpmd of DPDK. */
final class Rivals {
    private static final double SECOND = 1e9;
    private static final long START_UP_MILLIS = 700;
    private static final long SAMPLE_MILLIS = 800;
    private static final Pattern CYCLES =
            Pattern.compile("CPU cycles/packet=([\\d.]+).*? at (\\d+) MHz", Pattern.DOTALL);
    private static final Pattern PACKETS = Pattern.compile("RX-packets: (\\d+)");

    private final VethPair pair;
    private final String frame;
    private final String reference;
    private final int sendCpu;
    private final int receiveCpu;

    /** @param frame a frame of the tester in hexadecimal */
    Rivals(VethPair pair, String frame, String reference, int sendCpu, int receiveCpu) {
        this.pair = pair;
        this.frame = frame;
        this.reference = reference;
        this.sendCpu = sendCpu;
        this.receiveCpu = receiveCpu;
    }

    /** Sends while its work can be done without a pause between batches. */
    @FunctionalInterface
    interface Feed {
        /** Answers how many frames went out. */
        long send() throws Exception;
    }

    double[] sendInC() throws IOException, InterruptedException {
        try (Program program = inC(pair.transmit, sendCpu, "send", frame, "0.8")) {
            String[] numbers = program.end().split(" ");
            return new double[] {Long.parseLong(numbers[0]) * SECOND / Long.parseLong(numbers[1])};
        }
    }

    private Program inC(PortName port, int cpu, String what, String... more) throws IOException {
        if (reference.isEmpty()) {
            throw new IOException("no C compiler (cc)");
        }
        List<String> command = new ArrayList<>(List.of(reference, what, port.device()));
        command.addAll(List.of(more));
        return Program.start(port, Integer.toString(cpu), command.toArray(String[]::new));
    }

    double[] sendByTrafgen(String... options) throws IOException, InterruptedException {
        String bytes = frame.replaceAll("(..)(?!$)", "0x$1,").replaceAll(",(..)$", ",0x$1");
        List<String> command = new ArrayList<>(List.of("trafgen", "--dev", pair.transmit.device(), "-P", "1"));
        command.addAll(List.of(options));
        command.add("{ " + bytes + " }");
        try (Program program =
                Program.start(pair.transmit, Integer.toString(sendCpu), command.toArray(String[]::new))) {
            return sample(program);
        }
    }

    double[] sendByTestpmd(String device) throws IOException, InterruptedException {
        try (Program program = testpmd(pair.transmit, sendCpu, receiveCpu, device, "txonly")) {
            double[] figures = sample(program);
            String _ = program.end();
            return figures;
        }
    }

    private double[] sample(Program program) throws IOException, InterruptedException {
        TimeUnit.MILLISECONDS.sleep(START_UP_MILLIS);
        program.moveChildren(sendCpu);
        TimeUnit.MILLISECONDS.sleep(100);
        long cpu = program.cpuTime();
        long sent = program.framesSent(pair.transmit.device());
        TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
        cpu = program.cpuTime() - cpu;
        return new double[] {(program.framesSent(pair.transmit.device()) - sent) * SECOND / cpu};
    }

    private Program testpmd(PortName port, int worker, int main, String device, String mode) throws IOException {
        return Program.start(
                port,
                receiveCpu + "," + sendCpu,
                "dpdk-testpmd",
                "-l",
                Math.min(worker, main) + "," + Math.max(worker, main),
                "--main-lcore",
                Integer.toString(main),
                "--no-huge",
                "-m",
                "256",
                "--no-pci",
                "--no-telemetry",
                "--file-prefix",
                "sluice" + ProcessHandle.current().pid(),
                "--vdev=" + device,
                "--",
                "--forward-mode=" + mode,
                "--txpkts=60",
                "--eth-peer=0," + VethPair.mac(pair.receive),
                "--tx-ip=198.18.0.1,198.18.0.2",
                "--total-num-mbufs=16384",
                "--record-core-cycles",
                "--auto-start");
    }

    /** Nanoseconds a frame and share lost, while frames arrive as they come. */
    double[] receiveInC(Feed feed) throws Exception {
        try (Program program = inC(pair.receive, receiveCpu, "receive", frame)) {
            String _ = program.line();
            long sent = feed.send();
            String[] numbers = program.end().split(" ");
            long received = Long.parseLong(numbers[0]);
            return new double[] {Double.parseDouble(numbers[1]) / received, 100.0 * (sent - received) / sent, sent};
        }
    }

    /** Nanoseconds a frame of a full ring. */
    double[] drainInC(Feed feed) throws Exception {
        try (Program program = inC(pair.receive, receiveCpu, "drain", frame)) {
            String _ = program.line();
            long sent = feed.send();
            String[] numbers = program.end().split(" ");
            long received = Long.parseLong(numbers[0]);
            return new double[] {Double.parseDouble(numbers[1]) / received, 100.0 * (sent - received) / sent, sent};
        }
    }

    /** Its own count of the cycles of polls that found frames; a poll that finds none does not count. */
    double[] receiveByTestpmd(String device, Feed feed) throws Exception {
        try (Program program = testpmd(pair.receive, receiveCpu, sendCpu, device, "rxonly")) {
            TimeUnit.MILLISECONDS.sleep(START_UP_MILLIS);
            long sent = feed.send();
            TimeUnit.MILLISECONDS.sleep(50);
            String text = program.end();
            Matcher cycles = CYCLES.matcher(text);
            Matcher packets = PACKETS.matcher(text);
            if (!cycles.find() || !packets.find()) {
                throw new IOException("it said: " + text.lines().reduce("", (_, last) -> last));
            }
            double nanoseconds = Double.parseDouble(cycles.group(1)) * 1_000 / Double.parseDouble(cycles.group(2));
            long received = Long.parseLong(packets.group(1));
            return new double[] {nanoseconds, 100.0 * (sent - received) / sent, sent};
        }
    }

    /** Median, 99th and 99.9th percentile of the latency at a rate. */
    double[] floorInC(double rate) throws IOException, InterruptedException {
        if (reference.isEmpty()) {
            throw new IOException("no C compiler (cc)");
        }
        String[] numbers = Program.run(
                        reference,
                        "floor",
                        "/run/netns/" + pair.transmit.namespace().orElseThrow(),
                        pair.transmit.device(),
                        "/run/netns/" + pair.receive.namespace().orElseThrow(),
                        pair.receive.device(),
                        frame,
                        Double.toString(rate),
                        "1",
                        Integer.toString(sendCpu),
                        Integer.toString(receiveCpu))
                .split(" ");
        return new double[] {
            Double.parseDouble(numbers[1]), Double.parseDouble(numbers[2]), Double.parseDouble(numbers[3])
        };
    }
}
