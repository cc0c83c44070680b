package org.sluice.agent.host;

import static java.util.Objects.requireNonNull;

/**
 * One host, as the agent sees it: everything it may touch, and nothing else.
 *
 * @param name the name the host is known by
 * @param bootId names the host's current boot, and no other ({@code /proc/sys/kernel/random/boot_id})
 * @param virtualFunctions its SR-IOV cards
 * @param bridges its bridges and taps
 * @param segmentServices DHCP and metadata
 * @param disks the VMs' files
 * @param hypervisor what runs the VMs
 * @param shutdown whether the machine is going down
 */
public record Host(
        String name,
        String bootId,
        VirtualFunctions virtualFunctions,
        Bridges bridges,
        SegmentServices segmentServices,
        Disks disks,
        Hypervisor hypervisor,
        Shutdown shutdown) {
    public Host {
        requireNonNull(name, "name is null");
        requireNonNull(bootId, "bootId is null");
        requireNonNull(virtualFunctions, "virtualFunctions is null");
        requireNonNull(bridges, "bridges is null");
        requireNonNull(segmentServices, "segmentServices is null");
        requireNonNull(disks, "disks is null");
        requireNonNull(hypervisor, "hypervisor is null");
        requireNonNull(shutdown, "shutdown is null");
    }
}
