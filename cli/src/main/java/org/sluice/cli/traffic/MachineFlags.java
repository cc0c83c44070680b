package org.sluice.cli.traffic;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.traffic.scenario.MachineOptions;
import picocli.CommandLine.Option;

/** Options about the virtual machines of a scenario. */
final class MachineFlags {
    @Option(
            names = "--image",
            paramLabel = "FILE",
            description =
                    "Disk of the VMs, raw or qcow2, such as a distribution's cloud image (it must run cloud-init and have its"
                            + " console on the first serial port). It is not written to. Without it patterns with VMs are left out.")
    private @Nullable Path image;

    @Option(
            names = "--memory",
            paramLabel = "MIB",
            defaultValue = "" + MachineOptions.DEFAULT_MEMORY_MIB,
            description = "Memory of each VM in MiB; ${DEFAULT-VALUE}.")
    private int memory;

    @Option(
            names = "--boot",
            paramLabel = "TIME",
            defaultValue = "5m",
            description = "How long a VM may take until it routes; ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String boot;

    @Option(
            names = "--pf",
            paramLabel = "IF",
            description =
                    "Network device of the SR-IOV card whose free VFs are used; the card with most of them when left out.")
    private @Nullable String card;

    /** @throws IllegalArgumentException for memory that no VM can do with, and what is no time */
    MachineOptions options() {
        return new MachineOptions(
                Optional.ofNullable(image), memory, Optional.ofNullable(card), PlanOptions.duration("--boot", boot));
    }
}
