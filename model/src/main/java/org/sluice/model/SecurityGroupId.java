package org.sluice.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** Identifies a security group of the Network API. */
public record SecurityGroupId(@JsonValue UUID value) {
    @JsonCreator
    public SecurityGroupId {
        requireNonNull(value, "value is null");
    }

    /** Returns a new random (version 4) identifier. */
    public static SecurityGroupId random() {
        return new SecurityGroupId(UUID.randomUUID());
    }

    /**
     * Reads the canonical 36-character form.
     *
     * @throws IllegalArgumentException if the text is not a UUID
     */
    public static SecurityGroupId parse(String text) {
        return new SecurityGroupId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
