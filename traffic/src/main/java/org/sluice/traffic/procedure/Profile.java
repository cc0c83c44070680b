package org.sluice.traffic.procedure;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How long and how often each test measures.
 *
 * @param name as on the command line
 * @param warmUp how long frames are sent before anything counts
 * @param settle how long late frames are waited for after each trial (section 23: two seconds)
 * @param trial length of a throughput or loss trial (section 24: 60 seconds)
 * @param width how close the throughput is searched, as a share of it
 * @param searches how often the throughput is searched, for the spread
 * @param latencyTrial length of a latency trial (section 26.2: 120 seconds)
 * @param latencyRepeats how many of them (20)
 * @param lossSteps in how many steps from the highest rate down loss is measured (section 26.3: 10)
 * @param bursts how often the longest burst is searched (section 26.4: 50)
 * @param longestBurst the longest burst tried, as time at the highest rate (RFC 9004, section 6.2: 30 seconds)
 * @param overload how long a recovery test overloads (section 26.5: 60 seconds)
 * @param recoveries how often recovery is measured (section 26.5: several times)
 * @param soakInterval what a soak is divided into
 */
public record Profile(
        String name,
        Duration warmUp,
        Duration settle,
        Duration trial,
        double width,
        int searches,
        Duration latencyTrial,
        int latencyRepeats,
        int lossSteps,
        int bursts,
        Duration longestBurst,
        Duration overload,
        int recoveries,
        Duration soakInterval) {
    private static final int COARSEST_LOSS_STEPS = 10;
    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** As RFC 2544 and RFC 9004 ask. Hours for seven frame sizes. */
    public static final Profile RFC = new Profile(
            "rfc",
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(60),
            0.005,
            1,
            Duration.ofSeconds(120),
            20,
            10,
            50,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            3,
            Duration.ofSeconds(60));

    /**
     * For people in a hurry: about half a minute for each frame size. Not compliant, and says so. Four searches, because fewer cannot be
     * told from chance when two reports are compared.
     */
    public static final Profile SHORT = new Profile(
            "short",
            Duration.ofSeconds(3),
            Duration.ofMillis(300),
            Duration.ofSeconds(1),
            0.02,
            4,
            Duration.ofSeconds(2),
            4,
            10,
            3,
            Duration.ofMillis(200),
            Duration.ofSeconds(2),
            1,
            Duration.ofSeconds(5));

    /** Checks the ranges. */
    public Profile {
        requireNonNull(name, "name is null");
        if (!(width > 0 && width < 1)) {
            throw new IllegalArgumentException(
                    "The width of a search is a share between 0 and 1; " + width + " is not.");
        }
        for (int number : List.of(searches, latencyRepeats, bursts, recoveries)) {
            if (number < 1) {
                throw new IllegalArgumentException("Everything is measured at least once.");
            }
        }
        if (lossSteps < COARSEST_LOSS_STEPS) {
            throw new IllegalArgumentException("A loss curve has at least " + COARSEST_LOSS_STEPS
                    + " steps (RFC 2544, section 26.3); " + lossSteps + " are too few.");
        }
        for (Duration time : List.of(warmUp, settle, trial, latencyTrial, longestBurst, overload, soakInterval)) {
            if (time.compareTo(SHORTEST) < 0) {
                throw new IllegalArgumentException(
                        "A time of a profile is at least a millisecond; " + time + " is not.");
            }
        }
    }

    /** Reads {@code rfc} or {@code short}. */
    public static Profile parse(String text) {
        for (Profile profile : List.of(RFC, SHORT)) {
            if (profile.name.equals(text)) {
                return profile;
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is no profile: use short or rfc.");
    }

    /** The same with trials of another length. */
    public Profile withTrial(Duration other) {
        return new Profile(
                name,
                warmUp,
                settle,
                other,
                width,
                searches,
                latencyTrial,
                latencyRepeats,
                lossSteps,
                bursts,
                longestBurst,
                overload,
                recoveries,
                soakInterval);
    }

    /** How the tests depart from RFC 2544, one sentence each. */
    List<String> deviations(Set<Procedure> tests, boolean needThroughput) {
        List<String> deviations = new ArrayList<>();
        shorter(deviations, settle, RFC.settle, "Waits for late frames", "section 23");
        if (needThroughput || tests.contains(Procedure.LOSS)) {
            shorter(deviations, trial, RFC.trial, "Throughput and loss trials", "section 24");
        }
        if (tests.contains(Procedure.LATENCY)) {
            shorter(deviations, latencyTrial, RFC.latencyTrial, "Latency trials", "section 26.2");
            fewer(deviations, latencyRepeats, RFC.latencyRepeats, "Latency is", "section 26.2");
        }
        if (tests.contains(Procedure.BACK_TO_BACK)) {
            shorter(deviations, longestBurst, RFC.longestBurst, "The longest bursts", "RFC 9004");
            fewer(deviations, bursts, RFC.bursts, "The longest burst is", "section 26.4");
        }
        if (tests.contains(Procedure.RECOVERY)) {
            shorter(deviations, overload, RFC.overload, "Overloads", "section 26.5");
            if (recoveries == 1) {
                deviations.add("Recovery is measured once instead of several times, as section 26.5 asks.");
            }
        }
        return deviations;
    }

    private static void shorter(List<String> deviations, Duration is, Duration asked, String what, String section) {
        if (is.compareTo(asked) < 0) {
            deviations.add(
                    what + " take " + seconds(is) + " s instead of the " + seconds(asked) + " s of " + section + ".");
        }
    }

    private static void fewer(List<String> deviations, int is, int asked, String what, String section) {
        if (is < asked) {
            deviations.add(what + " measured " + is + " times instead of the " + asked + " times of " + section + ".");
        }
    }

    /** In seconds, for people. */
    static String seconds(Duration duration) {
        return duration.toMillis() % 1000 == 0
                ? Long.toString(duration.toSeconds())
                : Double.toString(duration.toMillis() / 1000.0);
    }
}
