package org.sluice.controller.operation;

import java.time.Duration;
import java.util.Optional;
import org.sluice.model.protocol.ServerReport.Failure;

/**
 * One step of a workflow. Both directions may be taken again when they were taken already, and then change nothing.
 *
 * @param <D> what the workflow was begun with
 */
interface Step<D> {
    /** As the books and logs name it, once in its workflow; never changed. */
    String name();

    /** Does it, or sees whether what it waits for has come. */
    Outcome apply(Run<D> run);

    /** Undoes it, wherever it is; never waits, so that whatever was begun can be taken back at once. */
    void undo(Run<D> run);

    /** What came of a step. */
    sealed interface Outcome {
        /** It is done, and the next one is taken in the same transaction. */
        record Done() implements Outcome {}

        /**
         * Something has to come first.
         *
         * @param within how long it may take; empty for as long as a person likes
         */
        record Waiting(Optional<Duration> within) implements Outcome {}

        /** It cannot be done; all that was done before is undone. */
        record Failed(Failure failure) implements Outcome {}
    }

    static Outcome done() {
        return new Outcome.Done();
    }

    static Outcome waiting(Duration within) {
        return new Outcome.Waiting(Optional.of(within));
    }

    static Outcome waitingForADecision() {
        return new Outcome.Waiting(Optional.empty());
    }
}
