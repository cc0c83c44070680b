package org.sluice.agent.hypervisor;

import org.sluice.agent.host.Hypervisor.Nic;

/**
 * What a domain's metadata say of one of its NICs, for people who read {@code virsh dumpxml}: a plain hostdev shows neither MAC nor
 * VLAN nor whose it is. Nothing is decided by it.
 *
 * @param device what it is on the host: name of a tap, or PCI address of a VF
 */
record PortMark(String id, String network, String mac, String vlan, String device) {
    static PortMark of(Nic nic) {
        return new PortMark(
                nic.port().toString(),
                nic.network().toString(),
                nic.mac().value(),
                Integer.toString(nic.vlan()),
                nic.device());
    }

    /** Names and values in turn. */
    String[] attributes() {
        return new String[] {"id", id, "network", network, "mac", mac, "vlan", vlan, "device", device};
    }
}
