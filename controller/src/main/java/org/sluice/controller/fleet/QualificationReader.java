package org.sluice.controller.fleet;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.qualification.BaselineFigure;
import org.sluice.model.qualification.CardClass;
import org.sluice.model.qualification.MeasuredFigure;
import org.sluice.model.qualification.QualificationPolicy;
import org.sluice.model.qualification.QualificationSettings;
import org.sluice.model.qualification.QualificationSummary;
import tools.jackson.databind.node.ObjectNode;

/** Reads what requests say about qualification; a refusal names the member and what it must be. Pure. */
final class QualificationReader {
    /** Java knows a billion years that PostgreSQL does not. */
    private static final Instant EARLIEST = Instant.EPOCH;

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private QualificationReader() {}

    static QualificationSummary summary(ObjectNode body) {
        Fields.onlyKnows(body, "physical_function", "measured_at", "class", "figures");
        String function = Fields.require(Fields.text(body, "physical_function"), "physical_function");
        Instant at = instant(Fields.require(Fields.text(body, "measured_at"), "measured_at"));
        CardClass cardClass = cardClass(Fields.require(Fields.text(body, "class"), "class"));
        List<MeasuredFigure> figures = figures(body, QualificationReader::measured);
        return checked(() -> new QualificationSummary(function, at, cardClass, figures));
    }

    static List<BaselineFigure> baseline(ObjectNode body) {
        Fields.onlyKnows(body, "figures");
        return figures(body, QualificationReader::expected);
    }

    /** The settings with those members of the body in their place that are there. */
    static QualificationSettings settings(ObjectNode body, QualificationSettings before) {
        Fields.onlyKnows(body, "policy", "required_share", "allowed_p99_factor");
        QualificationPolicy policy =
                Fields.text(body, "policy").map(QualificationReader::policy).orElse(before.policy());
        double share = Fields.number(body, "required_share").orElse(before.requiredShare());
        double factor = Fields.number(body, "allowed_p99_factor").orElse(before.allowedP99Factor());
        return checked(() -> new QualificationSettings(policy, share, factor));
    }

    static CardClass cardClass(String text) {
        return checked(() -> CardClass.parse(text));
    }

    /** A value whose own check refuses with a sentence that is fit for the caller. */
    static <T> T checked(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException cause) {
            throw new ProblemException(bad(String.valueOf(cause.getMessage())), cause);
        }
    }

    private static <T> List<T> figures(ObjectNode body, Function<ObjectNode, T> figure) {
        return Fields.require(Fields.objects(body, "figures"), "figures").stream()
                .map(member -> checked(() -> figure.apply(member)))
                .toList();
    }

    private static MeasuredFigure measured(ObjectNode figure) {
        Fields.onlyKnows(
                figure,
                "frame_bytes",
                "frames_per_second",
                "p50_latency_ns",
                "p99_latency_ns",
                "loss_ratio",
                "tester_limited");
        return new MeasuredFigure(
                Fields.require(Fields.integer(figure, "frame_bytes"), "figures.frame_bytes"),
                Fields.require(Fields.longInteger(figure, "frames_per_second"), "figures.frames_per_second"),
                Fields.require(Fields.longInteger(figure, "p50_latency_ns"), "figures.p50_latency_ns"),
                Fields.require(Fields.longInteger(figure, "p99_latency_ns"), "figures.p99_latency_ns"),
                Fields.require(Fields.number(figure, "loss_ratio"), "figures.loss_ratio"),
                Fields.require(Fields.flag(figure, "tester_limited"), "figures.tester_limited"));
    }

    private static BaselineFigure expected(ObjectNode figure) {
        Fields.onlyKnows(figure, "frame_bytes", "frames_per_second", "p99_latency_ns");
        return new BaselineFigure(
                Fields.require(Fields.integer(figure, "frame_bytes"), "figures.frame_bytes"),
                Fields.require(Fields.longInteger(figure, "frames_per_second"), "figures.frames_per_second"),
                Fields.require(Fields.longInteger(figure, "p99_latency_ns"), "figures.p99_latency_ns"));
    }

    private static QualificationPolicy policy(String name) {
        return QualificationPolicy.ofWireName(name)
                .orElseThrow(() -> bad("Member 'policy' is '" + name + "' and must be 'off', 'advisory' or 'required'.")
                        .asException());
    }

    private static Instant instant(String text) {
        Problem malformed =
                bad("Member 'measured_at' is '" + text + "' and must be a time such as 2026-03-31T12:00:00Z.");
        try {
            Instant instant = Instant.parse(text);
            if (instant.isBefore(EARLIEST) || instant.isAfter(LATEST)) {
                throw malformed.asException();
            }
            return instant;
        } catch (DateTimeParseException cause) {
            throw new ProblemException(malformed, cause);
        }
    }

    private static Problem bad(String sentence) {
        return Problem.of(Problem.Kind.BAD_REQUEST, "BadQualification", sentence);
    }
}
