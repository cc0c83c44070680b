package org.sluice.controller.http;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a family's reference has and the family has not, for the documents. Immutable and thread-safe.
 *
 * @param methods the HTTP methods, separated by blanks, or {@code any}
 * @param path below the family's mount; {@code {name}} stands for one segment, and {@code ...} at the end for all paths that begin
 *     so
 * @param reason one sentence: why, or where else it is
 */
public record Absent(String methods, String path, String reason) {
    private static final String ANY = "any";
    private static final String BELOW = "...";
    private static final Pattern SEGMENT = Pattern.compile("\\{[^}]*}");

    public Absent {
        requireNonNull(methods, "methods is null");
        requireNonNull(path, "path is null");
        requireNonNull(reason, "reason is null");
    }

    /** Every method of that path. */
    public static Absent any(String path, String reason) {
        return new Absent(ANY, path, reason);
    }

    /** Whether a route is what this says is absent. */
    public boolean has(Route route) {
        boolean method = methods.equals(ANY) || List.of(methods.split(" ")).contains(route.method());
        String pattern = plain(route.pattern());
        String mine = plain(path);
        return method
                && (mine.endsWith(BELOW)
                        ? pattern.startsWith(mine.substring(0, mine.length() - BELOW.length()))
                        : pattern.equals(mine));
    }

    private static String plain(String path) {
        return SEGMENT.matcher(path).replaceAll("{}");
    }
}
