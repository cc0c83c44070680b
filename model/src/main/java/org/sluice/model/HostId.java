package org.sluice.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** Identifies a compute host. Given once, when its agent enrols; it survives renaming and reboot. */
public record HostId(@JsonValue UUID value) {
    @JsonCreator
    public HostId {
        requireNonNull(value, "value is null");
    }

    /** Returns a new random (version 4) identifier. */
    public static HostId random() {
        return new HostId(UUID.randomUUID());
    }

    /**
     * Reads the canonical 36-character form.
     *
     * @throws IllegalArgumentException if the text is not a UUID
     */
    public static HostId parse(String text) {
        return new HostId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
