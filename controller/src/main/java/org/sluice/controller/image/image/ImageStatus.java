package org.sluice.controller.image.image;

import java.util.Locale;

/** Where an image is in its life. Bytes appear all at once, so no image is ever seen half uploaded. */
public enum ImageStatus {
    /** It has no bytes yet. */
    QUEUED,
    /** Its bytes are there and never change again. */
    ACTIVE,
    /** It has its bytes, and an admin keeps everybody from reading them and from booting it. */
    DEACTIVATED;

    /** Whether its bytes are there. */
    public boolean hasContent() {
        return switch (this) {
            case QUEUED -> false;
            case ACTIVE, DEACTIVATED -> true;
        };
    }

    /** As the API writes it. */
    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
