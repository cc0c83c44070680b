package org.sluice.controller.image;

import java.util.Locale;

/** Where an image is in its life. Bytes appear all at once, so no image is ever seen half uploaded. */
public enum ImageStatus {
    /** It has no bytes yet. */
    QUEUED,
    /** Its bytes are there and never change again. */
    ACTIVE;

    /** As the API writes it. */
    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
