package org.sluice.traffic.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.sluice.traffic.report.SizeResult.BackToBack;
import org.sluice.traffic.report.SizeResult.Goal;
import org.sluice.traffic.report.SizeResult.LatencyResult;
import org.sluice.traffic.report.SizeResult.LossPoint;
import org.sluice.traffic.report.SizeResult.Recovery;
import org.sluice.traffic.report.SizeResult.Reset;
import org.sluice.traffic.report.SizeResult.SoakInterval;
import org.sluice.traffic.report.SizeResult.Throughput;
import org.sluice.traffic.report.SizeResult.TrialRow;
import org.sluice.traffic.trial.Floor;
import org.sluice.traffic.trial.Latency;
import org.sluice.traffic.trial.Lateness;

/** Reports as a run would write them, with invented but possible figures. */
final class SampleReports {
    static final Instant STARTED = Instant.parse("2026-03-02T09:15:00Z");
    private static final int[] SIZES = {64, 128, 256, 512, 1024, 1280, 1518};

    private SampleReports() {}

    /** Four paths over 10 Gbit/s cards, each with the seven sizes of RFC 2544. */
    static Report fourPatterns() {
        return new Report(
                Report.SCHEMA,
                "0.1.0",
                "sluice traffic run four-patterns --profile short --json four.json --html four.html",
                STARTED,
                STARTED.plusSeconds(5_423),
                true,
                new Profile(
                        "short",
                        List.of(
                                "Trials of throughput last 5 s instead of 60 s.",
                                "Latency is measured 4 times for 10 s instead of 20 times for 120 s.")),
                machine(),
                List.of(
                        pattern(
                                "bare-forwarding",
                                "Bare forwarding",
                                "A network namespace forwards between two ports of the card, as the distribution leaves it.",
                                1_120_000,
                                15_000,
                                0),
                        pattern(
                                "tuned-forwarding",
                                "Tuned forwarding",
                                "The same with longer rings, interrupts bound to cores, and no receive offloads.",
                                2_450_000,
                                9_000,
                                0),
                        pattern(
                                "bridge",
                                "Bridge and tap",
                                "A Linux bridge and a tap carry the frames into one virtual machine that forwards them.",
                                610_000,
                                62_000,
                                0),
                        pattern(
                                "one-vf",
                                "One VM with a VF",
                                "One virtual machine forwards between two virtual functions of the card.",
                                9_800_000,
                                6_500,
                                1)),
                List.of("Ten VMs with a VF each: the card offers 8 VFs, 20 are needed."));
    }

    /** One path, one size, all tests. */
    static Report onePattern(SizeResult... sizes) {
        return onePattern(List.of(sizes));
    }

    static Report onePattern(List<SizeResult> sizes) {
        return report(
                true,
                new PatternResult(
                        "path",
                        "Path",
                        "Two interfaces.",
                        false,
                        ports("veth"),
                        List.of(),
                        Optional.of(floor(2_100)),
                        Optional.of(floor(2_300)),
                        sizes,
                        List.of()));
    }

    /** Stopped before the first trial. */
    static Report interruptedAtOnce() {
        return report(false);
    }

    static Report report(boolean complete, PatternResult... patterns) {
        return new Report(
                Report.SCHEMA,
                "0.1.0",
                "sluice traffic rfc2544 --tx a --rx b",
                STARTED,
                STARTED.plusSeconds(60),
                complete,
                new Profile("rfc", List.of()),
                machine(),
                List.of(patterns),
                List.of());
    }

    static Map<String, String> machine() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("host", "compute-07");
        facts.put("cpu", "Intel Xeon Gold 6338, 2 sockets, 64 cores");
        facts.put("memory", "256 GiB");
        facts.put("kernel", "6.12.9-amd64");
        facts.put("governor", "performance");
        facts.put("mitigations", "auto");
        facts.put("java", "25.0.1+8");
        return facts;
    }

    static List<PortFacts> ports(String driver) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("driver", driver);
        facts.put("firmware", "9.40 0x8000e9c2");
        facts.put("speed", "10 Gbit/s");
        return List.of(new PortFacts("tx", "enp1s0f0", facts), new PortFacts("rx", "enp1s0f1@sink", facts));
    }

    static Floor floor(long p50) {
        return new Floor(
                new Lateness(1_400, 5_200, 11_000, 38_000),
                21.5,
                new Lateness(180, 900, 3_900, 21_000),
                100_000,
                Optional.of(latency(p50)),
                0);
    }

    static Latency latency(long p50) {
        return new Latency(20_000, p50 * 7 / 10, p50 * 1.08, p50, p50 * 13 / 10, p50 * 17 / 10, p50 * 4, p50 * 11);
    }

    static double lineRate(double bytes) {
        return 10e9 / ((bytes + 20) * 8);
    }

    /** A size with everything measured. */
    static SizeResult size(String frames, double bytes, double capacity, long p50) {
        double line = lineRate(bytes);
        double rate = Math.min(line, capacity);
        boolean limited = rate > 9e6;
        List<Double> repeats = DoubleStream.of(1, 0.994, 1.003, 0.998)
                .map(factor -> rate * factor)
                .boxed()
                .toList();
        return new SizeResult(
                frames,
                bytes,
                OptionalDouble.of(line),
                Optional.of(new Throughput(rate, rate * bytes * 8, rate * 0.005, repeats)),
                List.of(
                        new Goal("NDR", 0, rate, OptionalDouble.of(rate * 1.005), rate, true),
                        new Goal("PDR", 0.005, rate * 1.02, OptionalDouble.empty(), rate * 1.015, false)),
                Optional.of(
                        new LatencyResult(rate, latency(p50), List.of(p50 * 1.08, p50 * 1.1, p50 * 1.05, p50 * 1.07))),
                lossCurve(line, rate),
                Optional.of(new BackToBack(
                        rate / 400,
                        Math.round(rate / 420),
                        Math.round(rate / 390),
                        41.5,
                        OptionalDouble.of(0.0021),
                        false)),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(
                        new TrialRow(
                                "throughput", rate, 5, Math.round(rate * 5), 0, 0, 0, 0, 0, 4_100, 22_000, List.of()),
                        new TrialRow(
                                "throughput",
                                rate * 1.01,
                                5,
                                Math.round(rate * 5.05),
                                812,
                                0,
                                0,
                                0,
                                17,
                                61_000,
                                910_000,
                                List.of("frames left too late", "the receiver's own buffer overflowed"))),
                limited
                        ? List.of("The sender reached 9,800,000 frames/s, not the 14,880,952 of the line.")
                        : List.of());
    }

    static List<LossPoint> lossCurve(double line, double capacity) {
        List<LossPoint> points = new ArrayList<>();
        for (int percent = 100; percent >= 10; percent -= 10) {
            double offered = line * percent / 100;
            double forwarded = Math.min(offered, capacity);
            points.add(new LossPoint(offered, forwarded, 1 - forwarded / offered));
        }
        return points;
    }

    /** A throughput and nothing else, as the given searches found it. */
    static SizeResult throughput(String frames, double width, double... repeats) {
        List<Double> all = DoubleStream.of(repeats).boxed().toList();
        double median = Figures.median(all.stream().sorted().toList());
        return bare(
                frames,
                OptionalDouble.of(lineRate(512)),
                Optional.of(new Throughput(median, median * 512 * 8, width, all)),
                List.of());
    }

    /** A size of which only these are known. */
    static SizeResult bare(
            String frames, OptionalDouble lineRate, Optional<Throughput> throughput, List<String> testerLimited) {
        return new SizeResult(
                frames,
                512,
                lineRate,
                throughput,
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                testerLimited);
    }

    private static PatternResult pattern(
            String name, String title, String description, double capacity, long p50, int vf) {
        List<SizeResult> sizes = new ArrayList<>();
        for (int bytes : SIZES) {
            SizeResult size = size(Integer.toString(bytes), bytes, capacity * (1 - bytes / 9_000.0), p50 + bytes * 4L);
            sizes.add(bytes == 512 ? withSoak(size) : size);
        }
        List<SettingChange> settings = name.startsWith("tuned")
                ? List.of(
                        new SettingChange("enp1s0f0 receive ring", "512", "4096", "restored"),
                        new SettingChange("enp1s0f0 generic-receive-offload", "on", "off", "restored"),
                        new SettingChange(
                                "irqbalance",
                                "running",
                                "running",
                                "No permission to stop irqbalance: interrupts may move."))
                : List.of();
        return new PatternResult(
                name,
                title,
                description,
                vf == 1,
                ports(vf == 1 ? "igb (emulated)" : "ice"),
                settings,
                Optional.of(floor(2_100)),
                Optional.of(floor(2_300)),
                sizes,
                vf == 1 ? List.of("The card is QEMU's igb: figures say nothing about hardware.") : List.of());
    }

    static SizeResult withSoak(SizeResult size) {
        List<SoakInterval> soak = new ArrayList<>();
        for (int second = 0; second < 600; second += 10) {
            soak.add(new SoakInterval(
                    second,
                    second + 10,
                    1_000_000,
                    second % 170 == 0 && second > 0 ? second / 3 : 0,
                    40_000 + (second * 7_919L) % 60_000));
        }
        return new SizeResult(
                size.frames(),
                size.meanBytes(),
                size.lineRate(),
                size.throughput(),
                size.goals(),
                size.latency(),
                size.lossCurve(),
                size.backToBack(),
                Optional.of(new Recovery(1_250_000, 625_000, 3_400_000)),
                Optional.of(new Reset("the namespace's interfaces went down and up", 210_000_000)),
                soak,
                size.trials(),
                size.testerLimited());
    }
}
