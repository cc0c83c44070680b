package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a host has, as its agent found it. Sent when the agent starts and whenever it changes.
 *
 * @param hostname the host's own name
 * @param vcpus logical processors
 * @param memoryMib memory, MiB
 * @param diskGib room for VM disks, GiB
 * @param hypervisorType {@code QEMU} or {@code simulated}
 * @param hypervisorVersion as libvirt encodes it: major * 1,000,000 + minor * 1,000 + release
 * @param cpuArchitecture as {@code uname -m} prints it, {@code x86_64}
 * @param interfaces netdevs that could be the uplink of a bridge, by name
 * @param physicalFunctions SR-IOV cards
 * @param served where it answers DHCP and metadata, none of which is heard on the wire; empty from agents of the time when each host
 *     had an address of its own for that, which was
 * @param faults what keeps it from taking servers, in complete sentences
 */
public record Inventory(
        String hostname,
        int vcpus,
        int memoryMib,
        int diskGib,
        String hypervisorType,
        int hypervisorVersion,
        String cpuArchitecture,
        List<String> interfaces,
        List<PhysicalFunction> physicalFunctions,
        Optional<List<ServedNetwork>> served,
        List<String> faults) {
    public Inventory {
        requireNonNull(hostname, "hostname is null");
        requireNonNull(hypervisorType, "hypervisorType is null");
        requireNonNull(cpuArchitecture, "cpuArchitecture is null");
        requireNonNull(interfaces, "interfaces is null");
        requireNonNull(physicalFunctions, "physicalFunctions is null");
        interfaces.forEach(each -> requireNonNull(each, "interfaces has a null in it"));
        interfaces = List.copyOf(interfaces);
        physicalFunctions.forEach(each -> requireNonNull(each, "physicalFunctions has a null in it"));
        physicalFunctions = List.copyOf(physicalFunctions);
        // Older agents have neither.
        served = Objects.requireNonNullElse(served, Optional.<List<ServedNetwork>>empty())
                .map(List::copyOf);
        faults = List.copyOf(Objects.requireNonNullElse(faults, List.of()));
    }
}
