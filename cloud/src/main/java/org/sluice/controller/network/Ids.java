package org.sluice.controller.network;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Identifiers as they come from outside: in a path or query any text may stand where an id should. */
final class Ids {
    private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Ids() {}

    /** The id that the text writes in its canonical form; empty for any other text. */
    static Optional<UUID> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }
}
