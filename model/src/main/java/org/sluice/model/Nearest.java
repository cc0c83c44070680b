package org.sluice.model;

import java.util.Collection;
import java.util.Comparator;

/** The name that somebody may have meant. Stateless. */
public final class Nearest {
    private Nearest() {}

    /** The candidate with the smallest edit distance (Levenshtein) to the word; at least one candidate must be given. */
    public static String of(String word, Collection<String> candidates) {
        return candidates.stream()
                .min(Comparator.comparingInt((String candidate) -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow(() -> new IllegalArgumentException("there are no candidates"));
    }

    /** Whether one letter in three at most, and at least one, separates the two: a mistake of one who types. The word itself is near. */
    public static boolean isNear(String word, String candidate) {
        return distance(word, candidate) <= Math.max(1, word.length() / 3);
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
