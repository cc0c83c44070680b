package org.sluice.agent.hypervisor;

import java.util.List;
import java.util.Optional;

/**
 * What can be done about a guest that libvirt could not start or give a NIC, by the words of the kernel and of QEMU in its message: neither has a
 * number for it. Pure.
 */
final class RefusalAdvice {
    private record Known(String words, String fix) {
        boolean speaksIn(String message) {
            return message.contains(words);
        }
    }

    private static final String LOCKED_MEMORY =
            "A guest with VFs has all of its memory locked: raise the locked-memory limit of the QEMU process (memtune hard_limit, or"
                    + " max_locked_memory for all), and look for RLIMIT_MEMLOCK in dmesg.";

    /** The first one that fits counts. */
    private static final List<Known> KNOWN = List.of(
            // libvirt's virDomainPCIAddressGetNextAddr.
            new Known(
                    "No more available PCI slots",
                    "Stop the server and start it: it then has all of its NICs, and ports for more."),
            new Known("is not online", "Bring the physical function up: ip link set PF up."),
            // QEMU's vfio_dma_map, and the kernel's vfio_pin_pages_remote.
            new Known("VFIO_MAP_DMA", LOCKED_MEMORY),
            new Known("vfio_dma_map", LOCKED_MEMORY),
            new Known("RLIMIT_MEMLOCK", LOCKED_MEMORY),
            new Known("locked memory", LOCKED_MEMORY),
            new Known("memory locking", LOCKED_MEMORY),
            new Known(
                    "not viable",
                    "Another device of the VF's IOMMU group is still on a host driver; move the card to a slot with ACS, or unbind the"
                            + " others."),
            // The kernel says "No interrupt remapping support" in its log only, and QEMU passes on EPERM.
            new Known(
                    "set iommu for container: Operation not permitted",
                    "Switch interrupt remapping (x2APIC, Intel VT-d or AMD-Vi) on in the firmware set-up; dmesg says \"No interrupt"
                            + " remapping\" where that is the reason. The module parameter allow_unsafe_interrupts of vfio_iommu_type1"
                            + " lets guests do without, who may then send each other's interrupts."));

    private RefusalAdvice() {}

    /** What to do about a refusal in these words; empty when nothing is known about it. */
    static Optional<String> of(String message) {
        return KNOWN.stream()
                .filter(known -> known.speaksIn(message))
                .map(Known::fix)
                .findFirst();
    }
}
