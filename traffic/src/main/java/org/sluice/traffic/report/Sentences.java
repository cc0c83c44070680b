package org.sluice.traffic.report;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a report says in words, the same in text and in HTML. */
final class Sentences {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static final String INCOMPLETE =
            "Incomplete: the run was stopped before its end. What follows is what it had measured until then.";

    /** Facts of the machine that the text has. */
    static final Set<String> MACHINE_IN_SHORT =
            Set.of("host", "kernel", "cpu", "cpus", "isolated cpus", "governors", "virtualised", "memory", "java");

    private static final Set<String> PORT_IN_SHORT = Set.of("driver", "firmware", "speed", "mtu", "qdisc");
    private static final Set<String> ONLY_HARDWARE = Set.of("speed", "firmware");

    private Sentences() {}

    /** Whether the run did all that the RFC asks for; one that was stopped did not. */
    static boolean compliant(Report report) {
        return report.complete() && report.profile().compliant();
    }

    /** {@code short profile: not RFC 2544 compliant:}, to be followed by {@link #deviations}; or that it is compliant. */
    static String profile(Report report) {
        return report.profile().name() + " profile: "
                + (compliant(report) ? "RFC 2544 compliant." : "not RFC 2544 compliant:");
    }

    /** How the run departs from the RFC, one sentence each. */
    static List<String> deviations(Report report) {
        List<String> deviations = new ArrayList<>(report.profile().deviations());
        if (!report.complete()) {
            deviations.add("The run was stopped before its end.");
        }
        return deviations;
    }

    /** What it means that a device of these paths is emulated. */
    static String emulated(String paths) {
        return "Emulated: a device of " + paths
                + " is software that plays hardware, so the figures say nothing about hardware.";
    }

    /** When the run was and how long it took. */
    static String when(Report report) {
        return time(report.started()) + ", "
                + Numbers.duration(
                        Duration.between(report.started(), report.finished()).toMillis() / 1000.0);
    }

    static String time(Instant instant) {
        return TIME.format(instant);
    }

    /** {@code tx enp1s0f0: driver ice, firmware 9.40, speed 10 Gbit/s}: what explains a figure; an interface of software has no speed. */
    static String port(PortFacts port) {
        boolean software = "virtual".equals(port.facts().get("nature"));
        String facts = port.facts().entrySet().stream()
                .filter(fact -> PORT_IN_SHORT.contains(fact.getKey()))
                .filter(fact -> !software || !ONLY_HARDWARE.contains(fact.getKey()))
                .map(fact -> fact.getKey() + " " + fact.getValue())
                .collect(Collectors.joining(", "));
        return port.role() + " " + port.name() + (facts.isEmpty() ? "" : ": " + facts);
    }

    /** {@code receive ring: 512 to 4096, restored}. */
    static String setting(SettingChange change) {
        return change.setting() + ": "
                + (change.before().equals(change.after())
                        ? change.before() + ", not changed"
                        : change.before() + " to " + change.after())
                + (change.outcome().isEmpty() ? "" : ": " + change.outcome());
    }

    /** What is known of a size besides its tables, one sentence each: limits, doubts, recovery, reset, soak. */
    static List<String> about(SizeResult size) {
        List<String> sentences = new ArrayList<>();
        String name = size.frames() + ": ";
        size.testerLimited()
                .forEach(why -> sentences.add(name + Tables.TESTER_LIMITED + ", the device may do more. " + why));
        String doubts = TesterTables.doubts(size);
        if (!doubts.isEmpty()) {
            sentences.add(name + doubts + ".");
        }
        size.recovery()
                .ifPresent(found -> sentences.add(name + "recovered " + Numbers.time((double) found.nanoseconds())
                        + " after an overload of " + Numbers.rate(found.overloadFramesPerSecond())
                        + " fps, followed by " + Numbers.rate(found.thenFramesPerSecond()) + " fps."));
        size.reset()
                .ifPresent(found -> sentences.add(name + "forwarded nothing for "
                        + Numbers.time((double) found.nanoseconds()) + " when " + found.how() + "."));
        if (!size.soak().isEmpty()) {
            long sent = size.soak().stream()
                    .mapToLong(SizeResult.SoakInterval::sent)
                    .sum();
            long lost = size.soak().stream()
                    .mapToLong(SizeResult.SoakInterval::lost)
                    .sum();
            sentences.add(name + "soaked for "
                    + Numbers.duration(size.soak().getLast().toSecond()) + ": lost "
                    + Numbers.count(lost) + " of " + Numbers.counted(sent, "frame")
                    + (sent == 0 ? "." : " (" + Numbers.percent((double) lost / sent) + ")."));
        }
        return sentences;
    }
}
