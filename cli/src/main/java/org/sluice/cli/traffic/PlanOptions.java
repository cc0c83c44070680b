package org.sluice.cli.traffic;

import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sluice.traffic.frame.FrameMix;
import org.sluice.traffic.frame.FrameSize;
import org.sluice.traffic.frame.Rate;
import org.sluice.traffic.procedure.Procedure;
import org.sluice.traffic.procedure.Profile;
import org.sluice.traffic.procedure.ResetPlan;
import org.sluice.traffic.procedure.TestPlan;
import picocli.CommandLine.Option;

/** The options that say what is measured and how long. */
final class PlanOptions {
    @Option(
            names = "--test",
            paramLabel = "TEST",
            description =
                    "throughput, latency, loss, back-to-back, recovery, reset, soak, several with commas, or all (but reset"
                            + " and soak). When left out throughput; of a run throughput,latency.")
    private @Nullable String tests;

    @Option(
            names = "--search",
            paramLabel = "binary|mlr",
            defaultValue = "binary",
            description =
                    "How the throughput is searched: RFC 2544's halving, or MLRsearch (RFC 9971); default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String search;

    @Option(
            names = "--sizes",
            paramLabel = "SIZE[,SIZE...]",
            description =
                    "Frame sizes in bytes with check sequence; imix, or imix:7x64,4x570,1x1518 given alone. When left out:"
                            + " all seven of RFC 2544 (RFC 5180 with --ipv6); of a run with the short profile 64,512,1518.")
    private @Nullable String sizes;

    @Option(
            names = "--profile",
            paramLabel = "short|rfc",
            defaultValue = "short",
            description =
                    "rfc: as long as RFC 2544 asks, hours; short: minutes, marked as not compliant; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String profile;

    @Option(
            names = "--trial",
            paramLabel = "TIME",
            description = "Length of a throughput or loss trial instead of the profile's: 500ms, 60s.")
    private @Nullable String trial;

    @Option(names = "--rate", paramLabel = "RATE", description = "No more than this: 20000pps, 1.5Mpps, 500Mbit, 50%%.")
    private @Nullable String rate;

    @Option(names = "--soak-rate", paramLabel = "RATE", description = "Load of a soak; the throughput when left out.")
    private @Nullable String soakRate;

    @Option(
            names = "--soak-for",
            paramLabel = "TIME",
            defaultValue = "10m",
            description = "How long a soak takes: 90s, 10m, 8h; default ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String soakFor;

    @Option(
            names = "--reset-command",
            paramLabel = "COMMAND",
            description = "What resets the device, for the reset test; run by sh -c.")
    private @Nullable String reset;

    @Option(
            names = "--reset-for",
            paramLabel = "TIME",
            defaultValue = "20s",
            description =
                    "How long frames are sent in the reset test: the device must forward again by then; ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String resetFor;

    /**
     * The plan.
     *
     * @throws IllegalArgumentException when an option's value cannot be
     */
    TestPlan plan(boolean ipv6) {
        List<FrameMix> standard = (ipv6 ? FrameSize.RFC_5180.subList(0, FrameSize.RFC_2544.size()) : FrameSize.RFC_2544)
                .stream().map(FrameMix::of).toList();
        return plan(Set.of(Procedure.THROUGHPUT), standard, standard);
    }

    /**
     * The plan of a scenario, which is measured over IPv4 and by throughput and latency, as the talk did.
     *
     * @param shortSizes the frame sizes of the short profile when none are given
     * @throws IllegalArgumentException when an option's value cannot be
     */
    TestPlan scenarioPlan(List<FrameMix> shortSizes) {
        return plan(
                EnumSet.of(Procedure.THROUGHPUT, Procedure.LATENCY),
                FrameSize.RFC_2544.stream().map(FrameMix::of).toList(),
                shortSizes);
    }

    /** Whether a person chose the frame sizes, who is told when one cannot be; the RFC's are made to fit. */
    boolean namesSizes() {
        return sizes != null;
    }

    private TestPlan plan(Set<Procedure> usual, List<FrameMix> standardSizes, List<FrameMix> shortSizes) {
        Profile named = BadOption.named("--profile", () -> Profile.parse(profile));
        Profile chosen = trial == null ? named : named.withTrial(duration("--trial", trial));
        Set<Procedure> procedures = Optional.ofNullable(tests)
                .map(text -> BadOption.named("--test", () -> Procedure.parse(text)))
                .orElse(usual);
        if (procedures.contains(Procedure.RESET) != (reset != null)) {
            throw new IllegalArgumentException(
                    "--test reset and --reset-command belong together: name the test and what resets the device.");
        }
        if (soakRate != null && !procedures.contains(Procedure.SOAK)) {
            throw new IllegalArgumentException("--soak-rate is for --test soak: name that test too.");
        }
        List<FrameMix> standard = chosen.name().equals(Profile.SHORT.name()) ? shortSizes : standardSizes;
        return new TestPlan(
                chosen,
                procedures,
                BadOption.named("--search", () -> TestPlan.Search.parse(search)),
                Optional.ofNullable(sizes)
                        .map(text -> BadOption.named("--sizes", () -> distinct(mixes(text))))
                        .orElse(standard),
                Optional.ofNullable(rate).map(text -> BadOption.named("--rate", () -> Rate.parse(text))),
                Optional.ofNullable(soakRate).map(text -> BadOption.named("--soak-rate", () -> Rate.parse(text))),
                duration("--soak-for", soakFor),
                Optional.ofNullable(reset).map(this::resetPlan));
    }

    private ResetPlan resetPlan(String command) {
        return BadOption.named("--reset-for", () -> new ResetPlan(command, duration("--reset-for", resetFor)));
    }

    private static List<FrameMix> distinct(List<FrameMix> mixes) {
        Set<String> labels = new HashSet<>();
        for (FrameMix mix : mixes) {
            if (!labels.add(mix.label())) {
                throw new IllegalArgumentException(mix.label() + " is named twice: name each size once.");
            }
        }
        return mixes;
    }

    /** Sizes with commas, or one mix. */
    static List<FrameMix> mixes(String text) {
        // A mix has commas of its own.
        return text.startsWith("imix:")
                ? List.of(FrameMix.parse(text))
                : Pattern.compile(",").splitAsStream(text).map(FrameMix::parse).toList();
    }

    /** Reads 500ms, 60s, 10m or 8h. */
    static Duration duration(String option, String text) {
        Matcher matcher = Pattern.compile("(\\d{1,9})(ms|s|m|h)").matcher(text);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) == 0) {
            throw new IllegalArgumentException(
                    option + " \"" + text + "\" is no length of time: write 500ms, 60s, 10m or 8h.");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }
}
