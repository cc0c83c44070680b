package org.sluice.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** Identifies an image of the Image API. */
public record ImageId(@JsonValue UUID value) {
    @JsonCreator
    public ImageId {
        requireNonNull(value, "value is null");
    }

    /** Returns a new random (version 4) identifier. */
    public static ImageId random() {
        return new ImageId(UUID.randomUUID());
    }

    /**
     * Reads the canonical 36-character form.
     *
     * @throws IllegalArgumentException if the text is not a UUID
     */
    public static ImageId parse(String text) {
        return new ImageId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
