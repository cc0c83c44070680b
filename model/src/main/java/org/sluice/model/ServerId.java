package org.sluice.model;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.UUID;

/** Identifies a server (a virtual machine), as the Compute API shows it. */
public record ServerId(@JsonValue UUID value) {
    @JsonCreator
    public ServerId {
        requireNonNull(value, "value is null");
    }

    /** Returns a new random (version 4) identifier. */
    public static ServerId random() {
        return new ServerId(UUID.randomUUID());
    }

    /**
     * Reads the canonical 36-character form.
     *
     * @throws IllegalArgumentException if the text is not a UUID
     */
    public static ServerId parse(String text) {
        return new ServerId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
