package org.sluice.model.qualification;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/** Puts figures in the order of their frame sizes. Pure. */
final class FrameSizes {
    /** More sizes than any profile has; a bound on what one summary can make the database hold. */
    private static final int MOST_SIZES = 64;

    private FrameSizes() {}

    static <T> List<T> ordered(List<T> figures, ToIntFunction<T> frameBytes) {
        if (figures.isEmpty() || figures.size() > MOST_SIZES) {
            throw new IllegalArgumentException(
                    "Member 'figures' has %d entries and must have 1 to %d, one a frame size."
                            .formatted(figures.size(), MOST_SIZES));
        }
        List<T> sorted =
                figures.stream().sorted(Comparator.comparingInt(frameBytes)).toList();
        for (int next = 1; next < sorted.size(); next++) {
            int size = frameBytes.applyAsInt(sorted.get(next));
            if (size == frameBytes.applyAsInt(sorted.get(next - 1))) {
                throw new IllegalArgumentException(
                        "Member 'figures' has two entries for frames of " + size + " bytes; give one.");
            }
        }
        return sorted;
    }
}
