package org.sluice.linux.ethtool;

/**
 * How long a device saves up packets before it interrupts (struct ethtool_coalesce). What a driver does not have is 0 or false,
 * and must stay so: the kernel refuses a message that sets it.
 *
 * @param receiveMicroseconds {@code rx-usecs}: longest wait after a packet arrived, in µs; some drivers (igb) give small numbers
 *     a meaning of their own
 * @param receiveFrames {@code rx-frames}: most packets saved up
 * @param transmitMicroseconds {@code tx-usecs}
 * @param transmitFrames {@code tx-frames}
 * @param adaptiveReceive {@code adaptive-rx}: the driver chooses by itself
 * @param adaptiveTransmit {@code adaptive-tx}
 */
public record Coalescing(
        int receiveMicroseconds,
        int receiveFrames,
        int transmitMicroseconds,
        int transmitFrames,
        boolean adaptiveReceive,
        boolean adaptiveTransmit) {
    /** Checks the ranges. */
    public Coalescing {
        if (receiveMicroseconds < 0 || receiveFrames < 0 || transmitMicroseconds < 0 || transmitFrames < 0) {
            throw new IllegalArgumentException("Times and counts of interrupt coalescing are 0 or more.");
        }
    }
}
