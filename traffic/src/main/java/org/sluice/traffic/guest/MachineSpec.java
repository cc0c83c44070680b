package org.sluice.traffic.guest;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.pci.PciAddress;

/**
 * A virtual machine.
 *
 * @param name unique on this machine: by it a later run finds what a killed one left
 * @param image its disk, raw or qcow2; it is not written to
 * @param seed folder with the files of its config drive, which it sees as a FAT disk
 * @param memoryMib memory; all of it is pinned while a VF is given to it
 * @param cpus virtual processors
 * @param nics its network cards
 */
public record MachineSpec(String name, Path image, Path seed, int memoryMib, int cpus, List<Nic> nics) {
    /** A network card. */
    public sealed interface Nic {
        /**
         * A virtio card on a tap device.
         *
         * @param namespace in which the tap is; the same for all of a machine
         */
        record Tap(String device, Optional<String> namespace, MacAddress mac) implements Nic {
            /** Checks for null. */
            public Tap {
                requireNonNull(device, "device is null");
                requireNonNull(namespace, "namespace is null");
                requireNonNull(mac, "mac is null");
            }
        }

        /** A PCI function that vfio-pci has. */
        record Function(PciAddress address) implements Nic {
            /** Checks for null. */
            public Function {
                requireNonNull(address, "address is null");
            }
        }
    }

    /** Checks for null and ranges, and copies. */
    public MachineSpec {
        requireNonNull(name, "name is null");
        requireNonNull(image, "image is null");
        requireNonNull(seed, "seed is null");
        if (memoryMib < 64) {
            throw new IllegalArgumentException("A virtual machine needs at least 64 MiB; " + memoryMib + " is less.");
        }
        if (cpus < 1) {
            throw new IllegalArgumentException("A virtual machine needs a processor.");
        }
        nics = List.copyOf(nics);
    }
}
