package org.sluice.traffic.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the facts in which two runs differ: machine, profile, versions, and for each pattern its drivers and emulation. */
final class Differences {
    private final List<Comparison.Difference> found = new ArrayList<>();

    private Differences() {}

    static List<Comparison.Difference> between(Report first, Report second) {
        Differences differences = new Differences();
        differences.fact("version of Sluice", first.version(), second.version());
        differences.fact("complete", yes(first.complete()), yes(second.complete()));
        differences.fact("profile", first.profile().name(), second.profile().name());
        differences.fact(
                "deviations from RFC 2544",
                String.join(" ", first.profile().deviations()),
                String.join(" ", second.profile().deviations()));
        differences.facts("machine, ", first.machine(), second.machine());
        for (PatternResult one : first.patterns()) {
            second.patterns().stream()
                    .filter(other -> other.name().equals(one.name()))
                    .findFirst()
                    .ifPresent(other -> differences.pattern(one, other));
        }
        return differences.found;
    }

    private void pattern(PatternResult first, PatternResult second) {
        String begin = first.name() + ", ";
        fact(begin + "emulated", yes(first.emulated()), yes(second.emulated()));
        int most = Math.max(first.ports().size(), second.ports().size());
        // Ports are matched by their order, not by their names: another host names its interfaces otherwise.
        for (int index = 0; index < most; index++) {
            PortFacts none = new PortFacts("", "", Map.of());
            PortFacts one = index < first.ports().size() ? first.ports().get(index) : none;
            PortFacts other = index < second.ports().size() ? second.ports().get(index) : none;
            String role = one.role().isEmpty() ? other.role() : one.role();
            fact(begin + "role of port " + (index + 1), one.role(), other.role());
            facts(begin + role + " ", one.facts(), other.facts());
        }
        fact(begin + "settings", settings(first), settings(second));
    }

    private void facts(String begin, Map<String, String> first, Map<String, String> second) {
        Set<String> names = new LinkedHashSet<>(first.keySet());
        names.addAll(second.keySet());
        names.forEach(name -> fact(begin + name, first.getOrDefault(name, ""), second.getOrDefault(name, "")));
    }

    private void fact(String what, String first, String second) {
        if (!first.equals(second)) {
            found.add(new Comparison.Difference(what, first, second));
        }
    }

    private static String settings(PatternResult pattern) {
        return String.join(
                ", ",
                pattern.settings().stream()
                        .map(change -> change.setting() + " " + change.after())
                        .toList());
    }

    private static String yes(boolean value) {
        return value ? "yes" : "no";
    }
}
