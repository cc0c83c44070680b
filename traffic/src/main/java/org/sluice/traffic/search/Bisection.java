package org.sluice.traffic.search;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a binary search has seen. A load that failed once has failed, whatever it did before. */
final class Bisection {
    private final Map<Double, Integer> held = new HashMap<>();
    private final TreeSet<Double> holding = new TreeSet<>();
    private final TreeSet<Double> failing = new TreeSet<>();
    private final TreeSet<Double> limiting = new TreeSet<>();

    void heldAt(double load) {
        held.merge(load, 1, Integer::sum);
        holding.add(load);
    }

    void failedAt(double load) {
        failing.add(load);
    }

    void limitedAt(double load) {
        limiting.add(load);
    }

    int timesHeldAt(double load) {
        return held.getOrDefault(load, 0);
    }

    Bounds bounds() {
        OptionalDouble upper = first(failing);
        OptionalDouble limit = first(limiting);
        double end = Math.min(upper.orElse(Double.POSITIVE_INFINITY), limit.orElse(Double.POSITIVE_INFINITY));
        return new Bounds(optional(holding.lower(end)), upper, limit);
    }

    private static OptionalDouble first(SortedSet<Double> loads) {
        return loads.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(loads.first());
    }

    private static OptionalDouble optional(@Nullable Double load) {
        return load == null ? OptionalDouble.empty() : OptionalDouble.of(load);
    }
}
