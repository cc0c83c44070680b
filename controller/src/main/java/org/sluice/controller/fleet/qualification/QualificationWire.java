package org.sluice.controller.fleet.qualification;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.sluice.controller.http.body.Fields;
import org.sluice.model.Problem;
import org.sluice.model.ProblemException;
import org.sluice.model.qualification.BaselineFigure;
import org.sluice.model.qualification.CardClass;
import org.sluice.model.qualification.MeasuredFigure;
import org.sluice.model.qualification.QualificationPolicy;
import org.sluice.model.qualification.QualificationSettings;
import org.sluice.model.qualification.QualificationSummary;

/** Reads what requests say about qualification; a refusal names the member and what it must be. Pure. */
final class QualificationWire {
    /** More frame sizes than anybody measures. */
    private static final int MOST_FIGURES = 1_000;

    /** Java knows a billion years that PostgreSQL does not. */
    private static final Instant EARLIEST = Instant.EPOCH;

    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private QualificationWire() {}

    static QualificationSummary summary(Fields body) {
        body.onlyKnows(Set.of("physical_function", "measured_at", "class", "figures"));
        String function = body.text("physical_function", 1, 255);
        Instant at = instant(body.text("measured_at", 1, 255));
        CardClass cardClass = cardClass(body.text("class", 1, 255));
        List<MeasuredFigure> figures = figures(body, QualificationWire::measured);
        return checked(() -> new QualificationSummary(function, at, cardClass, figures));
    }

    static List<BaselineFigure> baseline(Fields body) {
        body.onlyKnows(Set.of("figures"));
        return figures(body, QualificationWire::expected);
    }

    /** The settings with those members of the body in their place that are there. */
    static QualificationSettings settings(Fields body, QualificationSettings before) {
        body.onlyKnows(Set.of("policy", "required_share", "allowed_p99_factor"));
        QualificationPolicy policy = body.optionalText("policy", 1, 255)
                .map(QualificationWire::policy)
                .orElse(before.policy());
        double share = body.optionalNumber("required_share").orElse(before.requiredShare());
        double factor = body.optionalNumber("allowed_p99_factor").orElse(before.allowedP99Factor());
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

    private static <T> List<T> figures(Fields body, Function<Fields, T> figure) {
        body.needs("figures");
        return body.objects("figures", MOST_FIGURES).stream()
                .map(member -> checked(() -> figure.apply(member)))
                .toList();
    }

    private static MeasuredFigure measured(Fields figure) {
        figure.onlyKnows(Set.of(
                "frame_bytes",
                "frames_per_second",
                "p50_latency_ns",
                "p99_latency_ns",
                "loss_ratio",
                "tester_limited"));
        return new MeasuredFigure(
                figure.integer("frame_bytes", Integer.MIN_VALUE, Integer.MAX_VALUE),
                figure.longInteger("frames_per_second", Long.MIN_VALUE, Long.MAX_VALUE),
                figure.longInteger("p50_latency_ns", Long.MIN_VALUE, Long.MAX_VALUE),
                figure.longInteger("p99_latency_ns", Long.MIN_VALUE, Long.MAX_VALUE),
                figure.number("loss_ratio"),
                figure.truth("tester_limited"));
    }

    private static BaselineFigure expected(Fields figure) {
        figure.onlyKnows(Set.of("frame_bytes", "frames_per_second", "p99_latency_ns"));
        return new BaselineFigure(
                figure.integer("frame_bytes", Integer.MIN_VALUE, Integer.MAX_VALUE),
                figure.longInteger("frames_per_second", Long.MIN_VALUE, Long.MAX_VALUE),
                figure.longInteger("p99_latency_ns", Long.MIN_VALUE, Long.MAX_VALUE));
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
