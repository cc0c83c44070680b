package org.sluice.model.qualification;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a comparison with the baseline of the class came to. */
public enum QualificationVerdict {
    /** The card reaches what its class reaches. */
    PASSED,
    /** The measurement is sound, and there was nothing to compare it with. */
    UNRATED,
    /** The card does not reach what its class reaches, or the measurement says nothing about it. */
    FAILED;

    /** Whether a host may take servers with it: nothing speaks against the card. */
    public boolean passes() {
        return this != FAILED;
    }

    /** The name in the API and in the database, in lower case. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
