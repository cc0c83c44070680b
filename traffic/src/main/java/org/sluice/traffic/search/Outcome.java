package org.sluice.traffic.search;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What one trial found: the Trial Result of RFC 9971 section 4.5.11, whose effective duration is always the trial's duration.
 *
 * @param load the intended load in frames per second, above 0
 * @param duration how long frames were sent, above 0
 * @param sent frames that the device was offered
 * @param lost frames of these that did not come back, 0 to {@code sent}
 * @param trusted false when the tester itself was the limit: it sent too late or too little, or its own receiver dropped frames
 */
public record Outcome(double load, Duration duration, long sent, long lost, boolean trusted) {
    /** Checks the ranges. */
    public Outcome {
        Loads.requirePositive("load", load);
        Loads.requirePositive("duration", duration);
        if (sent < 0 || lost < 0 || lost > sent) {
            throw new IllegalArgumentException("A trial that sent " + sent + " frames cannot have lost " + lost + ".");
        }
        if (trusted && sent == 0) {
            throw new IllegalArgumentException("A trial that sent no frame cannot be trusted: it measured nothing.");
        }
    }

    /** Lost frames by sent frames, 0 to 1: the Trial Loss Ratio of RFC 9971 section 4.5.6. 0 when nothing was sent. */
    public double lossRatio() {
        return sent == 0 ? 0 : (double) lost / sent;
    }

    /** The load times the share that came back, in frames per second: the Trial Forwarding Rate of RFC 9971 section 4.5.7. */
    public double forwardingRate() {
        return load * (1 - lossRatio());
    }

    /** Frames per second that came back by count, whatever the load was meant to be: all that an untrusted trial can say. */
    double receivedRate() {
        return (sent - lost) / Loads.seconds(requireNonNull(duration, "duration is null"));
    }
}
