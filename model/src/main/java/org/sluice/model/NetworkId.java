package org.sluice.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** Identifies a network of the Network API. */
public record NetworkId(@JsonValue UUID value) {
    @JsonCreator
    public NetworkId {
        requireNonNull(value, "value is null");
    }

    /** Returns a new random (version 4) identifier. */
    public static NetworkId random() {
        return new NetworkId(UUID.randomUUID());
    }

    /**
     * Reads the canonical 36-character form.
     *
     * @throws IllegalArgumentException if the text is not a UUID
     */
    public static NetworkId parse(String text) {
        return new NetworkId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
