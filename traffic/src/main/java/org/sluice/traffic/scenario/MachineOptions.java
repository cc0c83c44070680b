package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the virtual machines of a scenario are run.
 *
 * @param image their disk, raw or qcow2, which runs cloud-init or what behaves like it; without one there are none. It is not written to
 * @param memoryMib of each, at least 64; all of it is pinned while it has a VF
 * @param card the network device of the PF whose VFs are used; absent for the card with most free ones
 * @param bootLimit how long one may take until it routes
 */
public record MachineOptions(Optional<Path> image, int memoryMib, Optional<String> card, Duration bootLimit) {
    /** Enough for a distribution's cloud image. */
    public static final int DEFAULT_MEMORY_MIB = 512;

    /** No image, {@value #DEFAULT_MEMORY_MIB} MiB, any card, five minutes. */
    public static final MachineOptions NONE =
            new MachineOptions(Optional.empty(), DEFAULT_MEMORY_MIB, Optional.empty(), Duration.ofMinutes(5));

    private static final int LEAST_MEMORY_MIB = 64;

    /** Checks for null and ranges. */
    public MachineOptions {
        requireNonNull(image, "image is null");
        requireNonNull(card, "card is null");
        requireNonNull(bootLimit, "bootLimit is null");
        if (memoryMib < LEAST_MEMORY_MIB) {
            throw new IllegalArgumentException("A virtual machine needs at least " + LEAST_MEMORY_MIB
                    + " MiB of memory; " + memoryMib + " is less.");
        }
    }
}
