package org.sluice.traffic.search;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** The outcomes of an MLRsearch by load, shared by all its goals. */
final class LoadResults {
    private final TreeMap<Double, List<Outcome>> trusted = new TreeMap<>();
    private double testerLimit = Double.POSITIVE_INFINITY;
    private OptionalDouble passedAtOnlyLoad = OptionalDouble.empty();

    void add(double load, Outcome outcome) {
        boolean only = (trusted.isEmpty() && Double.isInfinite(testerLimit)) || isOnlyLoad(load);
        double passed = outcome.trusted() ? outcome.forwardingRate() : outcome.receivedRate();
        passedAtOnlyLoad = only ? OptionalDouble.of(passed) : OptionalDouble.empty();
        if (outcome.trusted()) {
            trusted.computeIfAbsent(load, _ -> new ArrayList<>()).add(outcome);
        } else {
            testerLimit = Math.min(testerLimit, load);
        }
    }

    /** What came through, in frames per second, as long as only one load was tried: the best guess that there is then. */
    OptionalDouble passedAtOnlyLoad() {
        return passedAtOnlyLoad;
    }

    /** The most that came through at a load, in frames per second; empty when no trial there was trusted. */
    OptionalDouble passedAt(double load) {
        return at(load).stream().mapToDouble(Outcome::forwardingRate).max();
    }

    List<Outcome> at(double load) {
        return List.copyOf(trusted.getOrDefault(load, List.of()));
    }

    boolean isUndecided(SearchGoal goal, double load) {
        return LoadClassification.of(goal, at(load)) == LoadClassification.UNDECIDED;
    }

    /** By RFC 9971 sections 4.8.1 and 4.8.2; without an upper one the lower one is an effective one as in section 4.8.4.2. */
    Bounds bounds(SearchGoal goal) {
        OptionalDouble lower = OptionalDouble.empty();
        OptionalDouble upper = OptionalDouble.empty();
        for (Map.Entry<Double, List<Outcome>> entry : trusted.entrySet()) {
            double load = entry.getKey();
            switch (LoadClassification.of(goal, entry.getValue())) {
                case LOWER_BOUND -> lower = load < testerLimit ? OptionalDouble.of(load) : lower;
                case UPPER_BOUND -> upper = OptionalDouble.of(load);
                case UNDECIDED -> {}
            }
            if (upper.isPresent()) {
                break;
            }
        }
        return new Bounds(
                lower, upper, Double.isInfinite(testerLimit) ? OptionalDouble.empty() : OptionalDouble.of(testerLimit));
    }

    /** The largest measured load up to this one that is above {@code floor}: it saves a new one. The load itself if there is none. */
    double atOrBelow(double load, double floor) {
        Double measured = trusted.floorKey(load);
        return measured != null && measured > floor ? measured : load;
    }

    /** The smallest measured load from this one on that is below {@code ceiling}. The load itself if there is none. */
    double atOrAbove(double load, double ceiling) {
        Double measured = trusted.ceilingKey(load);
        return measured != null && measured < ceiling ? measured : load;
    }

    private boolean isOnlyLoad(double load) {
        return passedAtOnlyLoad.isPresent()
                && (trusted.isEmpty() || trusted.firstKey() == load)
                && (Double.isInfinite(testerLimit) || testerLimit == load);
    }
}
