package org.sluice.controller.compute.server;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sluice.controller.compute.wire.Names;
import org.sluice.controller.http.Exchange;
import org.sluice.controller.http.body.Fields;

/** Names that guests get (RFC 1123, section 2.1). */
public final class Hostnames {
    private static final int LONGEST_LABEL = 63;

    /** What is made from a server's name stays within one label's length, as in nova. */
    private static final int LONGEST_MADE = LONGEST_LABEL;

    private static final int LONGEST_GIVEN = 255;
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?");

    private Hostnames() {}

    /** Whether it is one to 255 characters of labels, each of one to 63 letters, digits and inner hyphens. */
    static boolean isValid(String hostname) {
        return hostname.length() <= LONGEST_GIVEN
                && Stream.of(hostname.split("\\.", -1))
                        .allMatch(label -> LABEL.matcher(label).matches());
    }

    /** A hostname made from a server's name as nova makes it, or from {@code otherwise} when nothing usable is left. */
    public static String of(String name, String otherwise) {
        String text = Stream.of(name.replaceAll("[ _]+", "-")
                        .replaceAll("[^a-zA-Z0-9.-]+", "")
                        .toLowerCase(Locale.ROOT)
                        .split("\\."))
                .map(Hostnames::trim)
                .filter(label -> !label.isEmpty())
                .collect(Collectors.joining("."));
        text = text.length() > LONGEST_MADE ? trim(text.substring(0, LONGEST_MADE)) : text;
        return text.isEmpty() ? otherwise : text;
    }

    /**
     * The name of one of several servers: the suffix goes behind the first label, which is cut so that it stays one.
     *
     * @param suffix {@code -1} and so on
     */
    public static String numbered(String hostname, String suffix) {
        int dot = hostname.indexOf('.');
        String label = dot < 0 ? hostname : hostname.substring(0, dot);
        String rest = dot < 0 ? "" : hostname.substring(dot);
        int room = Math.min(LONGEST_LABEL, LONGEST_GIVEN - rest.length()) - suffix.length();
        return (label.length() > room ? trim(label.substring(0, Math.max(1, room))) : label) + suffix + rest;
    }

    /** The field {@code hostname}, from 2.90 on: the name the guest gets, from 2.94 on with its domain if it is to have one. */
    public static Optional<String> read(Exchange exchange, Fields fields) {
        Optional<String> hostname = fields.optionalText("hostname", 1, Names.LONGEST);
        if (hostname.isPresent() && !isValid(hostname.get())) {
            throw fields.refused("hostname", "'" + hostname.get() + "' is not a 'hostname'");
        }
        if (hostname.isPresent() && hostname.get().contains(".") && !exchange.atLeast(94)) {
            throw fields.refused("hostname", "'" + hostname.get() + "' has a domain, which it may from 2.94 on");
        }
        return hostname;
    }

    private static String trim(String text) {
        return text.replaceAll("^[.-]+|[.-]+$", "");
    }
}
