package org.sluice.traffic.search;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Which trial one goal wants next. RFC 9971 leaves that to the implementation (section 4.1.3); this one has what section 1.1 lists.
 *
 * <ul>
 *   <li>A goal comes near by targets with shorter trials, each beginning with the bounds of the one before.
 *   <li>The first trial is at the maximum load, the second at about what came through then.
 *   <li>A bound that is missing is looked for in strides that grow: the external search. So is one that is far away, when what came
 *       through there says that the answer is not.
 *   <li>Between bounds it halves; but at less than two widths it tries one width below the upper bound, the smallest load that can
 *       end the search.
 * </ul>
 */
final class GoalTracker {
    /** An estimate of the capacity may be off by a little either way: half a width below it, one more trial above is enough. */
    private static final double MARGIN = 0.5;

    private final SearchGoal goal;
    private final SearchLimits limits;
    private final List<SearchGoal> targets;
    private int current;
    private @Nullable Step pending;
    private double stride = 1;
    private OptionalDouble strodeFrom = OptionalDouble.empty();

    GoalTracker(SearchGoal goal, SearchLimits limits) {
        this.goal = goal;
        this.limits = limits;
        this.targets = goal.targets();
    }

    SearchGoal goal() {
        return goal;
    }

    GoalState state(LoadResults results) {
        return new GoalState(
                goal.name(), results.bounds(target()), current + 1, targets.size(), isAtGoal() && isDone(results));
    }

    /** Whether the goal itself, and not only a target before it, wants no more trials. */
    boolean isDone(LoadResults results) {
        return step(goal, results).isEmpty();
    }

    /** The trial that the goal wants; empty when it has its answer, which another goal's trial may take away again. */
    Optional<Step> next(LoadResults results) {
        while (true) {
            Optional<Step> step = unfinished(results).or(() -> step(target(), results));
            if (step.isPresent() || isAtGoal()) {
                step.ifPresent(chosen -> remember(chosen, results.bounds(target())));
                return step;
            }
            current++;
            pending = null;
            forgetStrides();
        }
    }

    private SearchGoal target() {
        return targets.get(current);
    }

    private boolean isAtGoal() {
        return current == targets.size() - 1;
    }

    /** The trial before at a load that still matters and is not decided: some goals take several trials at each. */
    private Optional<Step> unfinished(LoadResults results) {
        Step before = pending;
        return before != null && isOpen(before.load(), target(), results) ? Optional.of(before) : Optional.empty();
    }

    private Optional<Step> step(SearchGoal target, LoadResults results) {
        Bounds bounds = results.bounds(target);
        if (isReached(target, bounds)) {
            return Optional.empty();
        }
        return refinement(target, results)
                .or(() -> Optional.of(
                        bounds.end().isEmpty()
                                ? upwards(target, bounds, results)
                                : bounds.lower().isEmpty()
                                        ? downwards(target, bounds, results)
                                        : between(target, bounds, results)));
    }

    /** Whether the bounds are close enough, or nothing is left to try. */
    private boolean isReached(SearchGoal target, Bounds bounds) {
        if (bounds.end().isEmpty()) {
            return bounds.lower().isPresent() && bounds.lower().getAsDouble() >= limits.maxLoad();
        }
        double end = bounds.end().getAsDouble();
        return bounds.lower().isEmpty()
                ? end <= limits.minLoad()
                : target.width().isReached(bounds.lower().getAsDouble(), end, limits.maxLoad());
    }

    /** The bounds of the target before, the lower one first: what is found there is the less likely to be undone later. */
    private Optional<Step> refinement(SearchGoal target, LoadResults results) {
        if (current == 0) {
            return Optional.empty();
        }
        Bounds before = results.bounds(targets.get(current - 1));
        if (isOpen(before.lower(), target, results)) {
            return Optional.of(step(before.lower().getAsDouble(), target, Step.Reason.REFINE_LOWER));
        }
        if (isOpen(before.upper(), target, results)) {
            return Optional.of(step(before.upper().getAsDouble(), target, Step.Reason.REFINE_UPPER));
        }
        return Optional.empty();
    }

    private Step upwards(SearchGoal target, Bounds bounds, LoadResults results) {
        if (bounds.lower().isEmpty()) {
            return step(limits.maxLoad(), target, Step.Reason.MAX_LOAD);
        }
        double lower = bounds.lower().getAsDouble();
        double load = target.width().above(lower, strideFrom(lower), limits.maxLoad());
        return step(results.atOrBelow(load, lower), target, Step.Reason.EXTEND_UP);
    }

    private Step downwards(SearchGoal target, Bounds bounds, LoadResults results) {
        double end = bounds.end().getAsDouble();
        OptionalDouble passed = results.passedAtOnlyLoad();
        if (passed.isPresent()) {
            double capacity = passed.getAsDouble() / (1 - target.lossRatio());
            double load = target.width().below(Math.min(capacity, end), MARGIN, limits.maxLoad());
            return step(load, target, Step.Reason.FORWARDING_RATE);
        }
        double load = target.width().below(end, strideFrom(end), limits.maxLoad());
        return step(results.atOrAbove(load, end), target, Step.Reason.EXTEND_DOWN);
    }

    private Step between(SearchGoal target, Bounds bounds, LoadResults results) {
        double lower = bounds.lower().getAsDouble();
        double end = bounds.end().getAsDouble();
        double widths = target.width().between(lower, end, limits.maxLoad());
        double stride = strideFrom(lower);
        double next = target.width().above(lower, stride, limits.maxLoad());
        if (widths > 2 * stride && results.passedAt(end).orElse(Double.POSITIVE_INFINITY) < next) {
            return step(results.atOrBelow(next, lower), target, Step.Reason.EXTEND_UP);
        }
        double load = widths <= 2
                ? target.width().below(end, 1, limits.maxLoad())
                : target.width().middle(lower, end);
        return step(load, target, Step.Reason.HALVE);
    }

    private Step step(double load, SearchGoal target, Step.Reason reason) {
        return new Step(limits.clamp(load), target.finalTrialDuration(), goal.name(), reason);
    }

    private boolean isOpen(OptionalDouble load, SearchGoal target, LoadResults results) {
        return load.isPresent() && isOpen(load.getAsDouble(), target, results);
    }

    private static boolean isOpen(double load, SearchGoal target, LoadResults results) {
        return results.bounds(target).contains(load) && results.isUndecided(target, load);
    }

    private void remember(Step step, Bounds bounds) {
        pending = step;
        switch (step.reason()) {
            case EXTEND_DOWN -> strideFromNow(bounds.end());
            case EXTEND_UP -> strideFromNow(bounds.lower());
            case MAX_LOAD, FORWARDING_RATE, REFINE_LOWER, REFINE_UPPER, HALVE, MIN_LOAD, CURVE, CONFIRM, REPEAT ->
                forgetStrides();
        }
    }

    private double strideFrom(double bound) {
        return strodeFrom.isPresent() && strodeFrom.getAsDouble() != bound
                ? stride * goal.expansionCoefficient()
                : stride;
    }

    private void strideFromNow(OptionalDouble bound) {
        stride = strideFrom(bound.getAsDouble());
        strodeFrom = bound;
    }

    private void forgetStrides() {
        stride = 1;
        strodeFrom = OptionalDouble.empty();
    }
}
