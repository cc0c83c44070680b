package org.sluice.agent.step;

import static java.util.Objects.requireNonNull;

/**
 * One change to a host. Both directions are idempotent: applying what is already so, and undoing what was never done or
 * done by half, leave the same host behind as the first time. That is what makes a journal of intents enough.
 *
 * @param name what is done, as it reads after "The step": {@code "root disk"}
 * @param apply does it, reads it back, and throws when what it reads is not what it did
 * @param undo takes it back
 */
public record Step(String name, Action apply, Action undo) {
    private static final Action NOTHING = () -> {};

    public Step {
        requireNonNull(name, "name is null");
        requireNonNull(apply, "apply is null");
        requireNonNull(undo, "undo is null");
    }

    /** One direction of a step; failures are unchecked. */
    @FunctionalInterface
    public interface Action {
        /** Does it. */
        void run();
    }

    /** A step that is not taken back by itself; where it is made, a comment says what makes that right. */
    public static Step withoutUndo(String name, Action apply) {
        return new Step(name, apply, NOTHING);
    }
}
