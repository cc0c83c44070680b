package org.sluice.agent.controller;

import org.jspecify.annotations.Nullable;

/** The controller did not answer, or not as agreed. Nothing on the host changes for that; the agent tries again. */
public final class ControllerUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A failure in one sentence, with what was underneath it. */
    public ControllerUnavailableException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
