package org.sluice.controller.image.image;

import java.util.Locale;
import java.util.Optional;

/** Who can see an image beside its project. */
public enum Visibility {
    /** Everyone, in lists too. */
    PUBLIC,
    /** Everyone who knows its identifier or asks for community images. */
    COMMUNITY,
    /** Nobody, as long as images have no members. */
    SHARED,
    /** Nobody. */
    PRIVATE;

    /** As the API writes it. */
    public String apiName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Visibility> of(String apiName) {
        for (Visibility visibility : values()) {
            if (visibility.apiName().equals(apiName)) {
                return Optional.of(visibility);
            }
        }
        return Optional.empty();
    }
}
