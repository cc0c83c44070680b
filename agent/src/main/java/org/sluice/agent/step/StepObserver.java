package org.sluice.agent.step;

/**
 * Is told of every point between two changes to a host or to the journal. A test kills the agent there by throwing an
 * {@link Error}, which nothing in the agent catches.
 */
@FunctionalInterface
public interface StepObserver {
    /** Takes no notice. */
    StepObserver NONE = (moment, name) -> {};

    /** Where the work is now. */
    enum Moment {
        BEFORE_APPLY,
        AFTER_APPLY,
        BEFORE_UNDO,
        AFTER_UNDO,
        BEFORE_JOURNAL,
        AFTER_JOURNAL
    }

    /** Called on the thread that does the work. */
    void reached(Moment moment, String name);
}
