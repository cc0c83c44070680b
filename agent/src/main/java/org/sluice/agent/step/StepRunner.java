package org.sluice.agent.step;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Consumer;
import org.sluice.agent.step.StepObserver.Moment;

/**
 * Applies steps in order, and takes them back in reverse. Catches what a step throws as {@link RuntimeException}; an
 * {@link Error} goes through untouched, because after one of those nothing more must be done to the host.
 */
public final class StepRunner {
    private final StepObserver observer;

    public StepRunner(StepObserver observer) {
        this.observer = requireNonNull(observer, "observer is null");
    }

    /**
     * Applies the steps. When one fails, it and those before it are undone in reverse, and so are those that an earlier
     * run may have begun.
     *
     * @param steps in order
     * @param begunBefore how many of the steps a run before this one may have begun and not undone: 0 for a fresh start,
     *     all of them after a crash
     * @param failed told of the failure before the first undo, to write down that from here on the way is back
     * @throws StepFailure when a step failed; {@link StepFailure#isUndone()} says whether all of it was taken back
     */
    public void apply(List<Step> steps, int begunBefore, Consumer<StepFailure> failed) {
        for (int i = 0; i < steps.size(); i++) {
            try {
                applyOne(steps.get(i));
            } catch (StepFailure failure) {
                failed.accept(failure);
                try {
                    undo(steps.subList(0, Math.max(i + 1, begunBefore)));
                } catch (StepFailure undoing) {
                    failure.addSuppressed(undoing);
                }
                throw failure;
            }
        }
    }

    /**
     * Applies the steps again to something that stood before, and undoes nothing when one fails: what stood has data on
     * it. Calling again continues.
     *
     * @throws StepFailure when a step failed
     */
    public void restore(List<Step> steps) {
        for (Step step : steps) {
            applyOne(step);
        }
    }

    /**
     * Undoes the steps, last one first. Stops at the first that cannot be undone, because those before it may only go
     * once it is gone: a VF must not change hands while its domain runs. Calling again continues.
     *
     * @throws StepFailure when a step could not be undone
     */
    public void undo(List<Step> steps) {
        for (Step step : steps.reversed()) {
            try {
                observer.reached(Moment.BEFORE_UNDO, step.name());
                step.undo().run();
                observer.reached(Moment.AFTER_UNDO, step.name());
            } catch (RuntimeException reason) {
                throw new StepFailure(step.name(), "The step '" + step.name() + "' could not be undone.", reason);
            }
        }
    }

    private void applyOne(Step step) {
        try {
            observer.reached(Moment.BEFORE_APPLY, step.name());
            step.apply().run();
            observer.reached(Moment.AFTER_APPLY, step.name());
        } catch (RuntimeException reason) {
            throw new StepFailure(step.name(), "The step '" + step.name() + "' could not be done.", reason);
        }
    }
}
