package org.sluice.controller.compute;

import java.util.Locale;
import java.util.regex.Pattern;

/** Names that guests get (RFC 1123, section 2.1). */
final class Hostnames {
    private static final int LONGEST = 63;
    private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9-]+(\\.[a-zA-Z0-9-]+)*");

    private Hostnames() {}

    static boolean isValid(String hostname) {
        return FORM.matcher(hostname).matches() && !hostname.startsWith("-") && !hostname.endsWith("-");
    }

    /** A hostname made from a server's name as nova makes it, or from {@code otherwise} when nothing usable is left. */
    static String of(String name, String otherwise) {
        String text =
                name.replaceAll("[ _]+", "-").replaceAll("[^a-zA-Z0-9.-]+", "").toLowerCase(Locale.ROOT);
        text = trim(
                text.length() > LONGEST
                        ? trim(text).substring(0, Math.min(LONGEST, trim(text).length()))
                        : text);
        return text.isEmpty() ? otherwise : text;
    }

    private static String trim(String text) {
        return text.replaceAll("^[.-]+|[.-]+$", "");
    }
}
