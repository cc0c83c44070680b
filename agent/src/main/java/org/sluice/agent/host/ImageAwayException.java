package org.sluice.agent.host;

import org.jspecify.annotations.Nullable;

/** An image could not be had from the controller, and may be had later: nothing was changed, and the call may be made again. */
public final class ImageAwayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A failure in one sentence, with what was underneath it. */
    public ImageAwayException(String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
    }
}
