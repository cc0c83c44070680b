package org.sluice.model.qualification;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What a tester found through a virtual function of one card of a host.
 *
 * @param physicalFunction netdev of the card's physical function, {@code ens1f0}
 * @param measuredAt when the measurement ended, by the host's clock; kept to the microsecond, as the database does
 * @param cardClass what the figures are comparable with
 * @param figures by frame size, one each, the smallest first; never empty
 */
public record QualificationSummary(
        @JsonProperty("physical_function") String physicalFunction,
        @JsonProperty("measured_at") Instant measuredAt,
        @JsonProperty("class") CardClass cardClass,
        @JsonProperty("figures") List<MeasuredFigure> figures) {
    /**
     * @throws IllegalArgumentException with a sentence, when there is no figure or two are of one frame size
     */
    public QualificationSummary {
        requireNonNull(physicalFunction, "physicalFunction is null");
        measuredAt = requireNonNull(measuredAt, "measuredAt is null").truncatedTo(ChronoUnit.MICROS);
        requireNonNull(cardClass, "cardClass is null");
        figures = FrameSizes.ordered(figures, MeasuredFigure::frameBytes);
    }
}
