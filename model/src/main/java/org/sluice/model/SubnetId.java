package org.sluice.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** Identifies a subnet of the Network API. */
public record SubnetId(@JsonValue UUID value) {
    @JsonCreator
    public SubnetId {
        requireNonNull(value, "value is null");
    }

    /** Returns a new random (version 4) identifier. */
    public static SubnetId random() {
        return new SubnetId(UUID.randomUUID());
    }

    /**
     * Reads the canonical 36-character form.
     *
     * @throws IllegalArgumentException if the text is not a UUID
     */
    public static SubnetId parse(String text) {
        return new SubnetId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
