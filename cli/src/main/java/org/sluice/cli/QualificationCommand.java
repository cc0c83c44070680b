package org.sluice.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.qualification.Baseline;
import org.sluice.model.qualification.BaselineFigure;
import org.sluice.model.qualification.CardClass;
import org.sluice.model.qualification.MeasuredFigure;
import org.sluice.model.qualification.Qualification;
import org.sluice.model.qualification.QualificationPolicy;
import org.sluice.model.qualification.QualificationSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code sluice fleet qualification ...}: what measurements of hosts came to, and what follows from them. */
@Command(
        name = "qualification",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Show what hosts reached when they were measured, and say what is asked of them.")
final class QualificationCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private FleetCommand fleet;

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Show the newest verdict of every card, or all measurements of a host.")
    int show(@Parameters(paramLabel = "HOST", arity = "0..1") @Nullable String host)
            throws IOException, InterruptedException {
        if (host == null) {
            hosts();
        } else {
            for (Qualification qualification : qualifications().of(host)) {
                show(qualification);
            }
        }
        return 0;
    }

    @Command(
            name = "policy",
            mixinStandardHelpOptions = true,
            description = "Show or change what follows from a verdict, and what is asked of a card.")
    int policy(
            @Parameters(
                            paramLabel = "POLICY",
                            arity = "0..1",
                            description =
                                    "off: nothing; advisory: 'sluice explain' says which hosts would be refused; required:"
                                            + " hosts that are not qualified get no new servers.")
                    @Nullable
                    QualificationPolicy policy,
            @Option(
                            names = "--share",
                            paramLabel = "SHARE",
                            description = "The share of its class's throughput that a card must reach, such as 0.9.")
                    @Nullable
                    Double share,
            @Option(
                            names = "--p99-factor",
                            paramLabel = "FACTOR",
                            description = "How many times its class's p99 latency that of a card may be.")
                    @Nullable
                    Double factor)
            throws IOException, InterruptedException {
        Qualifications qualifications = qualifications();
        Map<String, Object> members = new HashMap<>();
        if (policy != null) {
            members.put("policy", policy);
        }
        if (share != null) {
            members.put("required_share", share);
        }
        if (factor != null) {
            members.put("allowed_p99_factor", factor);
        }
        List<String> changed = members.isEmpty() ? List.of() : qualifications.change(members);
        QualificationSettings settings = qualifications.settings();
        out().printf(
                        Locale.ROOT,
                        "Policy %s; a card must reach %s of its class's throughput, at %s times its p99 latency or"
                                + " less.%n",
                        settings.policy().wireName(),
                        settings.requiredShare(),
                        settings.allowedP99Factor());
        print(changed);
        return 0;
    }

    @Command(
            name = "baselines",
            mixinStandardHelpOptions = true,
            description = "List what the classes of cards are compared with.")
    int baselines() throws IOException, InterruptedException {
        Table table = new Table("CLASS", "FROM", "FRAME BYTES", "FRAMES/s", "P99 ns");
        for (Baseline baseline : qualifications().baselines()) {
            String from = switch (baseline.source()) {
                case OPERATOR -> "operator";
                case MEDIAN -> "median of " + baseline.hosts() + " hosts";
            };
            for (BaselineFigure figure : baseline.figures()) {
                table.row(
                        baseline.cardClass().text(),
                        from,
                        Integer.toString(figure.frameBytes()),
                        Long.toString(figure.framesPerSecond()),
                        Long.toString(figure.p99LatencyNanos()));
            }
        }
        table.print(out());
        return 0;
    }

    @Command(
            name = "baseline",
            mixinStandardHelpOptions = true,
            description = "Say what is expected of a class of cards, or take it back.")
    int baseline(
            @Parameters(paramLabel = "CLASS", description = "As 'show' prints it, such as 8086:10c9:igb:1000:short.")
                    String name,
            @Option(
                            names = "--figure",
                            paramLabel = "BYTES:FRAMES:P99",
                            description = "Frame size, frames/s and p99 latency in ns; give it again for more sizes.")
                    @Nullable
                    List<String> figures,
            @Option(
                            names = "--like",
                            paramLabel = "HOST",
                            description = "Take what that host reached last in the class.")
                    @Nullable
                    String like,
            @Option(names = "--remove", description = "Compare the class with what its hosts reached.") boolean remove)
            throws IOException, InterruptedException {
        if ((figures == null ? 0 : 1) + (like == null ? 0 : 1) + (remove ? 1 : 0) != 1) {
            throw bad("Give one of --figure, --like and --remove.").asException();
        }
        CardClass cardClass = cardClass(name);
        Qualifications qualifications = qualifications();
        List<String> changed;
        if (remove) {
            changed = qualifications.removeBaseline(cardClass);
            out().printf("Class %s is compared with what its hosts reach.%n", cardClass);
        } else {
            List<BaselineFigure> wanted = figures == null
                    ? reached(qualifications, String.valueOf(like), cardClass)
                    : figures.stream().map(QualificationCommand::figure).toList();
            changed = qualifications.setBaseline(cardClass, wanted);
            out().printf("Class %s has a baseline for %d frame sizes.%n", cardClass, wanted.size());
        }
        print(changed);
        return 0;
    }

    private void hosts() throws IOException, InterruptedException {
        Table table = new Table("HOST", "PF", "VERDICT", "MEASURED", "CLASS", "REASONS");
        for (JsonNode host : fleet.client().list("/sluice/v1/hosts", "hosts")) {
            String name = host.path("name").asString();
            if (host.path("qualifications").isEmpty()) {
                table.row(name, "-", "-", "-", "-", "-");
            }
            for (JsonNode card : host.path("qualifications")) {
                List<String> reasons = new ArrayList<>();
                card.path("reasons").forEach(reason -> reasons.add(reason.asString()));
                table.row(
                        name,
                        card.path("physical_function").asString(),
                        card.path("verdict").asString(),
                        card.path("measured_at").asString(),
                        card.path("class").asString(),
                        reasons.isEmpty() ? "-" : String.join(" ", reasons));
            }
        }
        table.print(out());
    }

    private void show(Qualification qualification) {
        PrintWriter out = out();
        out.printf(
                "%s of %s, %s, %s: %s%n",
                qualification.summary().physicalFunction(),
                qualification.host(),
                qualification.summary().measuredAt(),
                qualification.summary().cardClass(),
                qualification.verdict().wireName());
        qualification.reasons().forEach(reason -> out.printf("  %s%n", reason));
        Table table = new Table(
                "  FRAME BYTES", "FRAMES/s", "BASELINE", "P50 ns", "P99 ns", "BASELINE", "LOSS", "TESTER-LIMITED");
        for (MeasuredFigure figure : qualification.summary().figures()) {
            List<BaselineFigure> expected = qualification.baseline().stream()
                    .flatMap(baseline -> baseline.figures().stream())
                    .filter(candidate -> candidate.frameBytes() == figure.frameBytes())
                    .toList();
            table.row(
                    "  " + figure.frameBytes(),
                    Long.toString(figure.framesPerSecond()),
                    expected.isEmpty() ? "-" : Long.toString(expected.getFirst().framesPerSecond()),
                    Long.toString(figure.p50LatencyNanos()),
                    Long.toString(figure.p99LatencyNanos()),
                    expected.isEmpty() ? "-" : Long.toString(expected.getFirst().p99LatencyNanos()),
                    Double.toString(figure.lossRatio()),
                    figure.testerLimited() ? "yes" : "no");
        }
        table.print(out);
    }

    private static List<BaselineFigure> reached(Qualifications qualifications, String host, CardClass cardClass)
            throws InterruptedException {
        for (Qualification qualification : qualifications.of(host)) {
            if (qualification.summary().cardClass().equals(cardClass)) {
                return qualification.summary().figures().stream()
                        .filter(figure -> !figure.testerLimited())
                        .map(figure -> checked(figure.frameBytes(), figure.framesPerSecond(), figure.p99LatencyNanos()))
                        .toList();
            }
        }
        throw bad("Host " + host + " has no measurement of class " + cardClass + ".")
                .asException();
    }

    private static CardClass cardClass(String text) {
        try {
            return CardClass.parse(text);
        } catch (IllegalArgumentException cause) {
            throw new ProblemException(bad(String.valueOf(cause.getMessage())), cause);
        }
    }

    private static BaselineFigure figure(String text) {
        String[] parts = text.split(":", -1);
        try {
            if (parts.length == 3) {
                return checked(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
            }
        } catch (NumberFormatException cause) {
            throw new ProblemException(badFigure(text), cause);
        }
        throw badFigure(text).asException();
    }

    private static BaselineFigure checked(int frameBytes, long framesPerSecond, long p99LatencyNanos) {
        try {
            return new BaselineFigure(frameBytes, framesPerSecond, p99LatencyNanos);
        } catch (IllegalArgumentException cause) {
            throw new ProblemException(bad(String.valueOf(cause.getMessage())), cause);
        }
    }

    private static Problem badFigure(String text) {
        return bad("--figure is '" + text + "' and must be BYTES:FRAMES:P99, such as 64:1480000:25000.");
    }

    private static Problem bad(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "BadQualification", sentence);
    }

    private void print(List<String> sentences) {
        sentences.forEach(out()::println);
        out().flush();
    }

    private Qualifications qualifications() throws IOException, InterruptedException {
        return new Qualifications(fleet.client());
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
