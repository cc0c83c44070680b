package org.sluice.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** Identifies a port of the Network API: one attachment point of one NIC. */
public record PortId(@JsonValue UUID value) {
    @JsonCreator
    public PortId {
        requireNonNull(value, "value is null");
    }

    /** Returns a new random (version 4) identifier. */
    public static PortId random() {
        return new PortId(UUID.randomUUID());
    }

    /**
     * Reads the canonical 36-character form.
     *
     * @throws IllegalArgumentException if the text is not a UUID
     */
    public static PortId parse(String text) {
        return new PortId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
