package org.sluice.traffic.procedure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameSize;
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
 * @param reset the command that resets the device, run by {@code sh -c}
 */
public record TestPlan(
        Profile profile,
        Set<Procedure> procedures,
        Search search,
        List<FrameMix> mixes,
        Optional<Rate> highestRate,
        Optional<Rate> soakRate,
        Duration soakFor,
        Optional<String> reset) {
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

    /** How this departs from what RFC 2544 asks for, one sentence each. */
    public List<String> deviations() {
        List<String> deviations = new ArrayList<>(profile.deviations());
        if (!mixes.containsAll(FrameSize.RFC_2544.stream().map(FrameMix::of).toList())) {
            deviations.add("Not all seven frame sizes of section 9.1 are measured.");
        }
        if (search == Search.MLR) {
            deviations.add("The throughput is the NDR of RFC 9971, whose last trials are as long as RFC 2544's.");
        }
        return List.copyOf(deviations);
    }
}
