package org.sluice.traffic.scenario;

import static java.util.Objects.requireNonNull;

import org.sluice.linux.net.MacAddress;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.VirtualFunction;

/**
 * A VF that may be taken.
 *
 * @param function which
 * @param pf name of its PF's network device
 * @param found how it is
 */
record UsableFunction(VirtualFunction function, String pf, FunctionState found) {
    UsableFunction {
        requireNonNull(function, "function is null");
        requireNonNull(pf, "pf is null");
        requireNonNull(found, "found is null");
    }

    PciAddress address() {
        return function.function().address();
    }

    /** What is written down before it is taken. */
    Made.Function takenAs(MacAddress mac) {
        return new Made.Function(address(), function.physicalFunction(), function.index(), mac, found);
    }
}
