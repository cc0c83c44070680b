package org.sluice.model.qualification;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;

/**
 * A measurement of a host and what the cloud makes of it.
 *
 * @param host name of the host
 * @param summary what was measured
 * @param verdict what it came to
 * @param baseline what it was compared with; empty when there was nothing
 * @param reasons complete sentences: why it failed, or what there is to say about one that did not
 */
public record Qualification(
        @JsonProperty("host") String host,
        @JsonProperty("summary") QualificationSummary summary,
        @JsonProperty("verdict") QualificationVerdict verdict,
        @JsonProperty("baseline") Optional<Baseline> baseline,
        @JsonProperty("reasons") List<String> reasons) {
    public Qualification {
        requireNonNull(host, "host is null");
        requireNonNull(summary, "summary is null");
        requireNonNull(verdict, "verdict is null");
        requireNonNull(baseline, "baseline is null");
        reasons = List.copyOf(reasons);
    }
}
