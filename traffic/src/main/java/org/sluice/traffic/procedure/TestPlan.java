package org.sluice.traffic.procedure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameSize;
import org.sluice.traffic.frame.FrameSpec;
import org.sluice.traffic.frame.Rate;

/**
 * What to test and how long.
 *
 * @param profile the durations and repeats
 * @param procedures which tests
 * @param search how the throughput is searched
 * @param mixes frame sizes or mixes, in the order to measure
 * @param highestRate no load above this; absent for as much as medium and sender can
 * @param soakRate the load of a soak; absent for the throughput
 * @param soakFor how long a soak takes
 * @param reset how the device is reset; absent without a reset test
 */
public record TestPlan(
        Profile profile,
        Set<Procedure> procedures,
        Search search,
        List<FrameMix> mixes,
        Optional<Rate> highestRate,
        Optional<Rate> soakRate,
        Duration soakFor,
        Optional<ResetPlan> reset) {
    /** How the throughput is searched. */
    public enum Search {
        /** RFC 2544 as it is mostly read: halving. */
        BINARY,
        /** RFC 9971, for a loss of nothing (NDR) and of half a per cent (PDR) in one. */
        MLR;

        /** Reads {@code binary} or {@code mlr}. */
        public static Search parse(String text) {
            for (Search search : values()) {
                if (search.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return search;
                }
            }
            throw new IllegalArgumentException("\"" + text + "\" is no search: use binary or mlr.");
        }
    }

    /** Checks that there is something to do. */
    public TestPlan {
        requireNonNull(profile, "profile is null");
        procedures = Set.copyOf(procedures);
        requireNonNull(search, "search is null");
        mixes = List.copyOf(mixes);
        requireNonNull(highestRate, "highestRate is null");
        requireNonNull(soakRate, "soakRate is null");
        requireNonNull(soakFor, "soakFor is null");
        requireNonNull(reset, "reset is null");
        if (procedures.isEmpty() || mixes.isEmpty()) {
            throw new IllegalArgumentException("A plan names at least one test and one frame size.");
        }
        if (procedures.contains(Procedure.RESET) && reset.isEmpty()) {
            throw new IllegalArgumentException("The reset test needs the command that resets the device.");
        }
        Set<String> labels = new HashSet<>();
        for (FrameMix mix : mixes) {
            if (!labels.add(mix.label())) {
                throw new IllegalArgumentException(
                        "The frame size " + mix.label() + " is named twice: name each size once.");
            }
        }
        if (!soakFor.isPositive()) {
            throw new IllegalArgumentException("A soak lasts longer than nothing; " + soakFor + " does not.");
        }
    }

    /** A plan without limits of its own. */
    public static TestPlan of(Profile profile, Set<Procedure> procedures, Search search, List<FrameMix> mixes) {
        return new TestPlan(
                profile,
                procedures,
                search,
                mixes,
                Optional.empty(),
                Optional.empty(),
                Duration.ofMinutes(10),
                Optional.empty());
    }

    /** Every procedure but the loss curve and a soak at a given rate builds on the throughput. */
    boolean needsThroughput() {
        return procedures.stream().anyMatch(procedure -> switch (procedure) {
            case THROUGHPUT, LATENCY, BACK_TO_BACK, RECOVERY, RESET -> true;
            case SOAK -> soakRate.isEmpty();
            case LOSS -> false;
        });
    }

    /**
     * The same with every frame at least as large as the headers of these frames need, as for a list of sizes that the RFC and not a
     * person has chosen: IPv6 and VLAN tags leave no room for a signature in 64 bytes.
     */
    public TestPlan orMinimum(FrameSpec frames) {
        // Two sizes may have become the same.
        Map<String, FrameMix> fitting = new LinkedHashMap<>();
        mixes.stream().map(mix -> mix.orMinimum(frames)).forEach(mix -> fitting.putIfAbsent(mix.label(), mix));
        return new TestPlan(
                profile, procedures, search, List.copyOf(fitting.values()), highestRate, soakRate, soakFor, reset);
    }

    /**
     * Makes sure that the rates can be offered.
     *
     * @param linkSpeed bits a second of the slowest link of the path, absent when it has no speed of its own
     * @throws IllegalArgumentException when one is above the line rate, or a share of a line rate that is not known
     */
    public void requireRates(OptionalLong linkSpeed) {
        for (FrameMix mix : mixes) {
            highestRate.ifPresent(rate -> rate.of(mix, linkSpeed));
            soakRate.ifPresent(rate -> rate.of(mix, linkSpeed));
        }
    }

    /** How this departs from what RFC 2544 asks for, one sentence each. */
    public List<String> deviations() {
        List<String> deviations = new ArrayList<>(profile.deviations(procedures, needsThroughput()));
        if (!hasAllSizes()) {
            deviations.add("Not all seven frame sizes of section 9.1 are measured.");
        }
        if (search == Search.MLR && needsThroughput()) {
            deviations.add("The throughput is the NDR of RFC 9971, whose last trials are as long as RFC 2544's.");
        }
        return List.copyOf(deviations);
    }

    /** The smallest may be larger than 64 bytes, where headers need the room. */
    private boolean hasAllSizes() {
        List<FrameSize> sizes = FrameSize.RFC_2544;
        return mixes.containsAll(sizes.subList(1, sizes.size()).stream()
                        .map(FrameMix::of)
                        .toList())
                && mixes.stream().anyMatch(mix -> mix.largest().compareTo(sizes.get(1)) < 0);
    }
}
