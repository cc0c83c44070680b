package org.sluice.controller.fleet.qualification;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.sluice.controller.scheduling.FleetIndex;
import org.sluice.controller.store.ChangeFeed;
import org.sluice.model.Problem;
import org.sluice.model.qualification.Baseline;
import org.sluice.model.qualification.CardClass;
import org.sluice.model.qualification.Qualification;
import org.sluice.model.qualification.QualificationSettings;
import org.sluice.model.qualification.QualificationSummary;
import org.sluice.model.qualification.QualificationVerdict;

/**
 * Takes measurements of hosts and says what they come to. A verdict is found once, when the measurement arrives, and changes
 * only when the operator changes what is asked for: never because another host was measured, so that no host falls out of the
 * pool by itself. Stateless; the caller owns the transaction, in which the settings' row is locked first and a host after it.
 */
final class HostQualifications {
    /** Clocks of hosts may be ahead by this much; a later time would make every measurement after it look old. */
    private static final Duration MOST_AHEAD = Duration.ofMinutes(5);

    private final InstantSource clock;
    private final QualificationStore store = new QualificationStore();
    private final ClassBaselines baselines = new ClassBaselines();

    HostQualifications(InstantSource clock) {
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** A verdict that another one took the place of, because the operator asks for something else now. */
    record Changed(String host, String physicalFunction, QualificationVerdict before, QualificationVerdict after) {}

    /** Judges and keeps a measurement; the same one again is answered as it was, so that a lost answer can be asked for. */
    Qualification take(Handle handle, String host, QualificationSummary summary) {
        QualificationSettings settings = store.settingsToJudgeBy(handle);
        QualificationStore.ReportedCard card = requireCard(handle, host, summary.physicalFunction());
        requireSameCard(host, card, summary);
        if (summary.measuredAt().isAfter(clock.instant().plus(MOST_AHEAD))) {
            throw new Problem(
                            Problem.Kind.BAD_REQUEST,
                            "BadQualification",
                            "Member 'measured_at' is " + summary.measuredAt() + ", which is still to come.",
                            Optional.of("Set the clock of " + host + " and measure again."))
                    .asException();
        }
        Optional<Qualification> known = store.at(handle, card, summary);
        if (known.isPresent()) {
            return requireSame(known.get(), summary);
        }
        Optional<Baseline> baseline = baselines.of(handle, summary.cardClass(), Optional.of(card.host()));
        Judging.Judgement judgement = judge(handle, summary, baseline, settings);
        Qualification qualification =
                new Qualification(host, summary, judgement.verdict(), baseline, judgement.reasons());
        store.add(handle, card, qualification);
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
        return qualification;
    }

    /** The measurements of a host, the newest first, {@code most} of them at most. */
    List<Qualification> of(Handle handle, String host, int most) {
        if (!store.hasHost(handle, host)) {
            throw unknownHost(host);
        }
        return store.of(handle, host, most);
    }

    QualificationSettings settings(Handle handle) {
        return store.settings(handle);
    }

    /** Changes what is asked for; the newest measurements are held against what they were compared with, again. */
    List<Changed> change(Handle handle, Function<QualificationSettings, QualificationSettings> change) {
        QualificationSettings before = store.settingsToChange(handle);
        QualificationSettings after = change.apply(before);
        store.setSettings(handle, after);
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
        boolean sameBar = before.requiredShare() == after.requiredShare()
                && before.allowedP99Factor() == after.allowedP99Factor();
        return sameBar
                ? List.of()
                : judgeAgain(
                        handle,
                        after,
                        store.newest(handle),
                        stored -> stored.qualification().baseline());
    }

    List<Baseline> baselines(Handle handle) {
        return baselines.all(handle);
    }

    /** What the cards of the class are compared with now. */
    Baseline baseline(Handle handle, CardClass cardClass) {
        return baselines
                .of(handle, cardClass, Optional.empty())
                .orElseThrow(() -> new Problem(
                                Problem.Kind.NOT_FOUND,
                                "BaselineNotFound",
                                "Class " + cardClass + " has no baseline.",
                                Optional.of("Set one, or qualify " + Judging.FEWEST_HOSTS + " hosts of it."))
                        .asException());
    }

    /** Says what is expected of the class; the newest measurements of the class are compared with it. */
    List<Changed> setBaseline(Handle handle, Baseline baseline) {
        QualificationSettings settings = store.settingsToChange(handle);
        baselines.set(handle, baseline.cardClass(), baseline.figures());
        return judgeClassAgain(handle, settings, baseline.cardClass());
    }

    /** Takes back what the operator expected of the class; its newest measurements are compared with other hosts'. */
    List<Changed> removeBaseline(Handle handle, CardClass cardClass) {
        QualificationSettings settings = store.settingsToChange(handle);
        if (!baselines.remove(handle, cardClass)) {
            throw Problem.of(
                            Problem.Kind.NOT_FOUND,
                            "BaselineNotFound",
                            "No baseline is set for class " + cardClass + ".")
                    .asException();
        }
        return judgeClassAgain(handle, settings, cardClass);
    }

    private List<Changed> judgeClassAgain(Handle handle, QualificationSettings settings, CardClass cardClass) {
        ChangeFeed.announce(handle, FleetIndex.TOPIC);
        List<QualificationStore.Stored> ofClass = store.newest(handle).stream()
                .filter(stored -> stored.qualification().summary().cardClass().equals(cardClass))
                .toList();
        return judgeAgain(
                handle, settings, ofClass, stored -> baselines.of(handle, cardClass, Optional.of(stored.host())));
    }

    private List<Changed> judgeAgain(
            Handle handle,
            QualificationSettings settings,
            List<QualificationStore.Stored> measurements,
            Function<QualificationStore.Stored, Optional<Baseline>> baselineOf) {
        // All are judged before any is written: a median is of the verdicts there were.
        List<Runnable> writes = new ArrayList<>();
        List<Changed> changed = new ArrayList<>();
        for (QualificationStore.Stored stored : measurements) {
            Qualification before = stored.qualification();
            Optional<Baseline> baseline = baselineOf.apply(stored);
            Judging.Judgement judgement = judge(handle, before.summary(), baseline, settings);
            writes.add(() -> store.judgeAgain(handle, stored.id(), baseline, judgement));
            if (judgement.verdict() != before.verdict()) {
                changed.add(new Changed(
                        before.host(), before.summary().physicalFunction(), before.verdict(), judgement.verdict()));
            }
        }
        writes.forEach(Runnable::run);
        return List.copyOf(changed);
    }

    private Judging.Judgement judge(
            Handle handle, QualificationSummary summary, Optional<Baseline> baseline, QualificationSettings settings) {
        return Judging.judge(
                summary,
                baseline,
                baseline.isPresent() ? OptionalInt.empty() : baselines.fastestLink(handle, summary.cardClass()),
                settings);
    }

    private QualificationStore.ReportedCard requireCard(Handle handle, String host, String name) {
        return store.card(handle, host, name).orElseThrow(() -> {
            if (!store.hasHost(handle, host)) {
                return unknownHost(host);
            }
            return new Problem(
                            Problem.Kind.NOT_FOUND,
                            "PhysicalFunctionNotFound",
                            "Host " + host + " has no physical function '" + name + "'.",
                            Optional.of("See what it has with: sluice fleet host " + host))
                    .asException();
        });
    }

    /** A slip in the host's name must not qualify a host with the figures of another one. */
    private static void requireSameCard(
            String host, QualificationStore.ReportedCard card, QualificationSummary summary) {
        CardClass measured = summary.cardClass();
        if (!measured.vendorId().equals(card.vendorId())
                || !measured.deviceId().equals(card.deviceId())
                || !measured.driver().equals(card.driver())) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "OtherCard",
                            "The card that was measured is %s:%s under %s, and %s of %s is %s:%s under %s."
                                    .formatted(
                                            measured.vendorId(),
                                            measured.deviceId(),
                                            measured.driver(),
                                            summary.physicalFunction(),
                                            host,
                                            card.vendorId(),
                                            card.deviceId(),
                                            card.driver()),
                            Optional.of("Measure on the host itself, and name that host."))
                    .asException();
        }
    }

    private static Qualification requireSame(Qualification known, QualificationSummary summary) {
        if (!known.summary().equals(summary)) {
            throw new Problem(
                            Problem.Kind.CONFLICT,
                            "QualificationExists",
                            "Other figures of %s of %s at %s are known already."
                                    .formatted(summary.physicalFunction(), known.host(), summary.measuredAt()),
                            Optional.of("Measure again; figures are never replaced."))
                    .asException();
        }
        return known;
    }

    private static RuntimeException unknownHost(String host) {
        return Problem.of(Problem.Kind.NOT_FOUND, "HostNotFound", "There is no host '" + host + "'.")
                .asException();
    }
}
