package org.sluice.cli.traffic;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sluice.cli.CloudClient;
import org.sluice.cli.Operator;
import org.sluice.cli.Qualifications;
import org.sluice.linux.LinuxException;
import org.sluice.linux.pci.PciNetworkDevice;
import org.sluice.linux.pci.PhysicalFunction;
import org.sluice.model.qualification.CardClass;
import org.sluice.model.qualification.MeasuredFigure;
import org.sluice.model.qualification.Qualification;
import org.sluice.model.qualification.QualificationSummary;
import org.sluice.traffic.engine.Mode;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.frame.Rate;
import org.sluice.traffic.function.FreeFunctions;
import org.sluice.traffic.machine.Host;
import org.sluice.traffic.machine.Nature;
import org.sluice.traffic.procedure.Procedure;
import org.sluice.traffic.procedure.Profile;
import org.sluice.traffic.procedure.TestPlan;
import org.sluice.traffic.report.PatternResult;
import org.sluice.traffic.report.SizeResult;
import org.sluice.traffic.scenario.BuiltPath;
import org.sluice.traffic.scenario.FunctionPair;
import org.sluice.traffic.trial.Latency;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/**
 * {@code sluice traffic qualify HOST}, run on that host: measures each of its cards from one free VF to another and hands the figures to
 * the cloud, which compares them with those of the card's class. Meanwhile the host takes no new servers, so that no VF is given
 * to a VM that the tester uses.
 */
@Command(
        name = "qualify",
        mixinStandardHelpOptions = true,
        description = "Measure the cards of this host through their VFs and hand the result to the cloud.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:every card passed", "1:a card failed", "2:not done", "130:stopped"})
public final class QualifyCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final Operator operator = new Operator();

    @Parameters(index = "0", paramLabel = "HOST", description = "This host's name in the cloud.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String host;

    @Option(
            names = "--pf",
            split = ",",
            paramLabel = "PF",
            description = "Netdevs of the cards to measure; all of the host that have two free VFs when left out.")
    private @Nullable List<String> chosen;

    @Option(
            names = "--sizes",
            paramLabel = "SIZE[,SIZE...]",
            defaultValue = "64,512,1518",
            description = "Frame sizes in bytes with check sequence; ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String sizes;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            description =
                    "No more than this, such as 500kpps: a card that carries it passes. Such figures are a class of their"
                            + " own.")
    private @Nullable String rate;

    @Option(names = "--state", paramLabel = "DIR", description = StateFolder.DESCRIPTION)
    private @Nullable Path state;

    @Mixin
    private final ReportOptions reports = new ReportOptions();

    @Override
    public Integer call() throws Exception {
        TestPlan plan = BadOption.in(spec, this::plan);
        BadOption.in(spec, () -> {
            reports.check();
            return host;
        });
        CloudClient cloud = operator.client();
        JsonNode known =
                cloud.get("/sluice/v1/hosts/" + CloudClient.segment(host)).path("host");
        List<String> cards = cards(known);
        return Interruptible.run(() -> {
            Aftermath.clear(
                    new Host(), StateFolder.of(state), spec.commandLine().getErr());
            try (OutOfService _ = OutOfService.take(cloud, host)) {
                return measure(cloud, cards, plan);
            } catch (InterruptedException stopped) {
                spec.commandLine().getErr().println("sluice: stopped; nothing was handed to the cloud.");
                return BadOption.STOPPED;
            }
        });
    }

    private TestPlan plan() {
        return new TestPlan(
                Profile.SHORT,
                Set.of(Procedure.THROUGHPUT, Procedure.LATENCY),
                TestPlan.Search.BINARY,
                PlanOptions.mixes(sizes),
                Optional.ofNullable(rate).map(Rate::parse),
                Optional.empty(),
                Duration.ofMinutes(1),
                Optional.empty());
    }

    /** The cards to measure; that they are in this machine with the address the cloud knows says that HOST is this one. */
    private List<String> cards(JsonNode known) {
        List<String> cards = new ArrayList<>();
        for (JsonNode card : known.path("physical_functions")) {
            String name = card.path("name").asString();
            if (chosen == null || chosen.contains(name)) {
                requireHere(name, card.path("mac").asString(""));
                cards.add(name);
            }
        }
        if (chosen != null && !cards.containsAll(chosen)) {
            throw new LinuxException(
                    "qualify.no-such-card",
                    "The cloud knows the cards " + cards + " of host " + host + ", and not all of " + chosen + ".",
                    "Name cards as sluice fleet host " + host + " shows them.");
        }
        if (cards.isEmpty()) {
            throw new LinuxException(
                    "qualify.no-card",
                    "The cloud knows no SR-IOV card of host " + host + ".",
                    "Start the agent on it first; it reports the cards.");
        }
        return cards;
    }

    private void requireHere(String name, String mac) {
        PhysicalFunction here = FreeFunctions.physicalFunction(name);
        String own = here.function().networkDevice().map(PciNetworkDevice::mac).orElse("");
        if (!mac.isEmpty() && !own.equals(mac)) {
            throw new LinuxException(
                    "qualify.other-host",
                    "The card " + name + " of host " + host + " has the address " + mac
                            + ", and the one in this machine " + own + ".",
                    "Run this on host " + host + " itself.");
        }
    }

    private int measure(CloudClient cloud, List<String> cards, TestPlan plan) throws InterruptedException {
        Instant started = Instant.now();
        List<PatternResult> patterns = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        List<QualificationSummary> summaries = new ArrayList<>();
        try (LiveDisplay display = new LiveDisplay()) {
            for (String card : cards) {
                display.pattern(card);
                try {
                    PatternResult result = measure(card, leased(cloud, card), plan, display);
                    patterns.add(result);
                    summaries.add(new QualificationSummary(card, Instant.now(), classOf(card, plan), figures(result)));
                } catch (LinuxException refusal) {
                    if (chosen != null || !refusal.code().equals("vf.none-free")) {
                        throw refusal;
                    }
                    leftOut.add(card + ": " + refusal.sentence());
                }
            }
        }
        if (summaries.isEmpty()) {
            throw new LinuxException(
                    "qualify.nothing",
                    String.join(" ", leftOut),
                    "Make VFs (sriov_numvfs), or wait for some to be free.");
        }
        reports.write(
                Reports.of(spec.commandLine(), started, true, plan, patterns, leftOut),
                spec.commandLine().getOut());
        return handIn(cloud, summaries);
    }

    private PatternResult measure(String card, Set<Integer> leased, TestPlan plan, LiveDisplay display)
            throws InterruptedException {
        BuiltPath path =
                Undisturbed.call(() -> FunctionPair.build(StateFolder.of(state), card, leased, new SecureRandom()));
        try {
            MeasuredPath measured = new MeasuredPath(path.streams(), path.devices(), plan, Mode.MMSG, display);
            measured.run();
            return measured.result(
                    card, "VF to VF of " + card, path.description(), path.emulated(), List.of(), path.notes());
        } finally {
            Undisturbed.run(path::close);
        }
    }

    private Set<Integer> leased(CloudClient cloud, String card) throws InterruptedException {
        Set<Integer> leased = new HashSet<>();
        for (JsonNode function :
                cloud.list("/sluice/v1/virtual-functions?host=" + CloudClient.segment(host), "virtual_functions")) {
            if (function.path("physical_function").asString().equals(card)
                    && !function.path("server_id").isMissingNode()
                    && !function.path("server_id").isNull()) {
                leased.add(function.path("index").asInt());
            }
        }
        return leased;
    }

    private CardClass classOf(String card, TestPlan plan) {
        PhysicalFunction function = FreeFunctions.physicalFunction(card);
        Facts facts = new Facts();
        PortName port = PortName.parse(card);
        OptionalLong speed = facts.speed(port);
        return new CardClass(
                "%04x".formatted(function.function().id().vendor()),
                "%04x".formatted(function.function().id().device()),
                function.function().driverName(),
                (int) (speed.orElse(0) / 1_000_000),
                profileName(plan),
                facts.nature(port) == Nature.EMULATED);
    }

    /** Figures that were not allowed to be higher are comparable with each other only. */
    private String profileName(TestPlan plan) {
        return plan.profile().name()
                + (rate == null
                        ? ""
                        : "-" + rate.toLowerCase(Locale.ROOT).replace('.', '-').replace('%', 'p'));
    }

    private static List<MeasuredFigure> figures(PatternResult result) {
        List<MeasuredFigure> figures = new ArrayList<>();
        for (SizeResult size : result.sizes()) {
            figures.add(new MeasuredFigure(
                    (int) size.meanBytes(),
                    size.throughput()
                            .map(found -> Math.round(found.framesPerSecond()))
                            .orElse(0L),
                    size.latency().map(found -> found.all().p50()).orElse(0L),
                    size.latency().map(found -> found.all()).map(Latency::p99).orElse(0L),
                    0,
                    !size.testerLimited().isEmpty()));
        }
        return figures;
    }

    private int handIn(CloudClient cloud, List<QualificationSummary> summaries) throws InterruptedException {
        Qualifications qualifications = new Qualifications(cloud);
        PrintWriter out = spec.commandLine().getOut();
        boolean passed = true;
        for (QualificationSummary summary : summaries) {
            Qualifications.Outcome outcome = qualifications.post(host, summary);
            Qualification found = outcome.qualification();
            passed &= found.verdict().passes();
            out.printf(
                    Locale.ROOT,
                    "%n%s of %s: %s (class %s, policy %s)%n",
                    summary.physicalFunction(),
                    host,
                    found.verdict().wireName(),
                    summary.cardClass(),
                    outcome.policy().wireName());
            found.reasons().forEach(reason -> out.println("  " + reason));
        }
        out.flush();
        return passed ? 0 : FAILED;
    }
}
