package org.sluice.model.protocol;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.sluice.model.MacAddress;

/**
 * An SR-IOV physical function as an agent found it.
 *
 * @param key identity within the host
 * @param name netdev of the PF, {@code ens1f0}; an attribute, it may change
 * @param address PCI address, {@code 0000:01:00.0}; an attribute, it may change
 * @param vendorId PCI vendor, four lower-case hexadecimal digits
 * @param deviceId PCI device, four lower-case hexadecimal digits
 * @param virtualFunctionDeviceId PCI device id of its VFs, four lower-case hexadecimal digits; empty while it has none
 * @param driver kernel driver, {@code igb}
 * @param numaNode NUMA node, -1 when the platform does not say
 * @param totalVirtualFunctions what the card can do, {@code sriov_totalvfs}
 * @param mac the PF's own address
 * @param carrier whether the link is up
 * @param virtualFunctions the VFs there are now ({@code sriov_numvfs} of them)
 * @param fault why its VFs must go to nobody now, in a complete sentence; empty when they may
 */
public record PhysicalFunction(
        PhysicalFunctionKey key,
        String name,
        String address,
        String vendorId,
        String deviceId,
        String virtualFunctionDeviceId,
        String driver,
        int numaNode,
        int totalVirtualFunctions,
        MacAddress mac,
        boolean carrier,
        List<VirtualFunction> virtualFunctions,
        Optional<String> fault) {
    public PhysicalFunction {
        requireNonNull(key, "key is null");
        requireNonNull(name, "name is null");
        requireNonNull(address, "address is null");
        requireNonNull(vendorId, "vendorId is null");
        requireNonNull(deviceId, "deviceId is null");
        requireNonNull(virtualFunctionDeviceId, "virtualFunctionDeviceId is null");
        requireNonNull(driver, "driver is null");
        requireNonNull(mac, "mac is null");
        requireNonNull(virtualFunctions, "virtualFunctions is null");
        virtualFunctions.forEach(each -> requireNonNull(each, "virtualFunctions has a null in it"));
        virtualFunctions = List.copyOf(virtualFunctions);
        // Older agents do not say.
        fault = Objects.requireNonNullElse(fault, Optional.empty());
    }

    /** The same one, with those VFs and no others. */
    public PhysicalFunction withVirtualFunctions(List<VirtualFunction> others) {
        return with(others, fault);
    }

    /** The same one, of which this must be known. */
    public PhysicalFunction withFault(String sentence) {
        return with(virtualFunctions, Optional.of(sentence));
    }

    private PhysicalFunction with(List<VirtualFunction> functions, Optional<String> sentence) {
        return new PhysicalFunction(
                key,
                name,
                address,
                vendorId,
                deviceId,
                virtualFunctionDeviceId,
                driver,
                numaNode,
                totalVirtualFunctions,
                mac,
                carrier,
                functions,
                sentence);
    }
}
