package org.sluice.linux.steering;

import static java.util.Objects.requireNonNull;

/**
 * One interrupt.
 *
 * @param number its number in {@code /proc/irq}
 * @param description controller, kind and who waits for it, as {@code /proc/interrupts} says it
 */
public record Interrupt(int number, String description) {
    /** Checks for null. */
    public Interrupt {
        requireNonNull(description, "description is null");
    }
}
