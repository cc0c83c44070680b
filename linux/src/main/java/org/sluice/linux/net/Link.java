package org.sluice.linux.net;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A network device as the kernel reports it: one entry of {@code ip -d link show}.
 *
 * @param index the number that names it within its namespace
 * @param name its name
 * @param alternativeNames further names
 * @param kind what sort of device
 * @param mac its address; zero when it has none of six bytes
 * @param permanentMac the address that its hardware came with, whatever it has now: a bond gives all its members one; zero when
 *     not reported, as by devices without hardware
 * @param mtu largest packet in bytes
 * @param minMtu smallest MTU it takes, 0 when not reported
 * @param maxMtu largest MTU it takes, 0 when not reported or unbounded
 * @param up whether it is set up
 * @param carrier whether the cable, or what stands for it, is there
 * @param masterIndex the bridge or bond it belongs to, 0 for none
 * @param parentIndex the device it sits on or is the other end of, 0 for none; possibly in another namespace
 * @param parentBus {@code pci}, {@code virtio} ... or empty
 * @param parentDevice the device on that bus, for example {@code 0000:01:00.0}, or empty
 * @param physicalPortName {@code p0}, {@code pf0vf1} ... or empty
 * @param vfCount how many VFs its device has, 0 when VFs were not asked for
 * @param virtualFunctions its VFs in the kernel's order; empty when they were not asked for or the driver reports none
 */
public record Link(
        int index,
        String name,
        List<String> alternativeNames,
        LinkKind kind,
        MacAddress mac,
        MacAddress permanentMac,
        int mtu,
        int minMtu,
        int maxMtu,
        boolean up,
        boolean carrier,
        int masterIndex,
        int parentIndex,
        String parentBus,
        String parentDevice,
        String physicalPortName,
        int vfCount,
        List<VirtualFunctionInfo> virtualFunctions) {
    /** Checks for null and copies the lists. */
    public Link {
        requireNonNull(name, "name is null");
        alternativeNames = List.copyOf(alternativeNames);
        requireNonNull(kind, "kind is null");
        requireNonNull(mac, "mac is null");
        requireNonNull(permanentMac, "permanentMac is null");
        requireNonNull(parentBus, "parentBus is null");
        requireNonNull(parentDevice, "parentDevice is null");
        requireNonNull(physicalPortName, "physicalPortName is null");
        virtualFunctions = List.copyOf(virtualFunctions);
    }

    /** The bridge or bond it belongs to. */
    public OptionalInt master() {
        return masterIndex == 0 ? OptionalInt.empty() : OptionalInt.of(masterIndex);
    }

    /** The VF with the number, wherever it is in the list. */
    public Optional<VirtualFunctionInfo> virtualFunction(int vf) {
        return virtualFunctions.stream()
                .filter(function -> function.index() == vf)
                .findFirst();
    }
}
