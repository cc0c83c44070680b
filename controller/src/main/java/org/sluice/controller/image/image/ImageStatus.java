package org.sluice.controller.image.image;

import java.util.Locale;

/** Where an image is in its life. Bytes appear all at once, so no image is ever seen half uploaded. */
public enum ImageStatus {
    /** It has no bytes yet. */
    QUEUED,
    /** It has no bytes yet, and awaits a copy of a server's root disk, which nobody else may bring. */
    SAVING,
    /** Its bytes are there and never change again. */
    ACTIVE,
    /** It has its bytes, and an admin keeps everybody from reading them and from booting it. */
    DEACTIVATED;

    /** Whether its bytes are there. */
    public boolean hasContent() {
        return switch (this) {
            case QUEUED, SAVING -> false;
            case ACTIVE, DEACTIVATED -> true;
        };
    }

    /** As the API writes it. */
    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
