package org.sluice.model.qualification;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How the whole fleet is judged.
 *
 * @param policy what follows from a verdict
 * @param requiredShare the share of its class's baseline that a card's throughput must reach, above 0 and at most 1
 * @param allowedP99Factor how many times the p99 latency of its class a card's may be, 1 to 1,000
 */
public record QualificationSettings(
        @JsonProperty("policy") QualificationPolicy policy,
        @JsonProperty("required_share") double requiredShare,
        @JsonProperty("allowed_p99_factor") double allowedP99Factor) {
    private static final double LARGEST_FACTOR = 1_000;

    /**
     * @throws IllegalArgumentException with a sentence that names the member that is out of range
     */
    public QualificationSettings {
        requireNonNull(policy, "policy is null");
        if (!(requiredShare > 0 && requiredShare <= 1)) {
            throw new IllegalArgumentException("Member 'required_share' is " + requiredShare
                    + " and must be above 0 and at most 1; 0.9 asks for 90 % of the baseline.");
        }
        if (!(allowedP99Factor >= 1 && allowedP99Factor <= LARGEST_FACTOR)) {
            throw new IllegalArgumentException("Member 'allowed_p99_factor' is " + allowedP99Factor
                    + " and must be 1 to 1000; 1.5 allows one and a half times the baseline.");
        }
    }
}
