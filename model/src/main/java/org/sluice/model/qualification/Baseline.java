package org.sluice.model.qualification;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/**
 * What is expected of the cards of a class.
 *
 * @param cardClass the class
 * @param source where the figures come from
 * @param hosts of how many hosts' figures they are the median, the fewest over the frame sizes; 0 when the operator set them
 * @param figures by frame size, one each, the smallest first; never empty
 */
public record Baseline(
        @JsonProperty("class") CardClass cardClass,
        @JsonProperty("source") Source source,
        @JsonProperty("hosts") int hosts,
        @JsonProperty("figures") List<BaselineFigure> figures) {
    /** Where a baseline comes from. */
    public enum Source {
        /** The operator said it. */
        OPERATOR,
        /** It is the median of what other hosts of the class reached. */
        MEDIAN;

        /** The name in the API, in lower case. */
        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @throws IllegalArgumentException with a sentence, when there is no figure or two are of one frame size
     */
    public Baseline {
        requireNonNull(cardClass, "cardClass is null");
        requireNonNull(source, "source is null");
        figures = FrameSizes.ordered(figures, BaselineFigure::frameBytes);
    }
}
