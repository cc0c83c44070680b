package org.sluice.agent.hypervisor;

import java.util.Optional;
import org.sluice.agent.host.Hypervisor.NicKey;
import org.sluice.model.MacAddress;
import org.sluice.model.PortId;

/**
 * A NIC, or another host device, of a domain that runs, as libvirt describes it now.
 *
 * @param type the element's attribute, {@code ethernet}
 * @param alias its name in the domain
 * @param mac its address; empty for a plain host device
 * @param pciAddress the host's device behind it; empty for a tap
 */
record LiveNic(
        Element element, String type, Optional<String> alias, Optional<MacAddress> mac, Optional<String> pciAddress) {
    /** What libvirt has NICs as. */
    enum Element {
        INTERFACE,
        HOSTDEV
    }

    /** The alias of a port's NIC. Names that begin so are left to users (libvirt.org, "Domain XML format", device aliases). */
    static String alias(PortId port) {
        return "ua-" + port;
    }

    /** Whether it is that NIC: by its alias, or by its address where nobody gave it one. */
    boolean is(NicKey key) {
        String sought = alias(key.port());
        return alias.equals(Optional.of(sought))
                || (alias.filter(name -> name.startsWith("ua-")).isEmpty() && mac.equals(Optional.of(key.mac())));
    }
}
