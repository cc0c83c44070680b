package org.sluice.controller.http;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Identifiers as they come from outside: in a path, query or entity any text may stand where an id should. Stateless.
 */
public final class Ids {
    private static final Pattern FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Ids() {}

    /**
     * The id that the text writes in its canonical form of 36 characters (RFC 9562 section 4); empty for any other text, also
     * for the shorter ones that {@link UUID#fromString} takes.
     */
    public static Optional<UUID> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }
}
