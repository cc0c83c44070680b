package org.sluice.agent.host;

import java.util.List;
import java.util.Optional;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;

/**
 * The host's SR-IOV cards. Every call may throw {@link KernelException}; its errno is {@code ENODEV} when there is no such
 * PF or no such VF under it. Calls on different VFs may run at the same time;
 * the caller serialises calls on one VF.
 */
public interface VirtualFunctions {
    /** The PFs there are now, with their VFs. */
    List<PhysicalFunction> physicalFunctions();

    /** What the kernel reads back of a VF (IFLA_VFINFO_LIST of linux/if_link.h). */
    Tuple read(PhysicalFunctionKey physicalFunction, int index);

    /** Sets one attribute of a VF, without reading it back. */
    void set(PhysicalFunctionKey physicalFunction, int index, Setting setting);

    /** Brings the PF up and raises its MTU to at least this; never lowers it, because the host's own traffic shares it. */
    void preparePhysicalFunction(PhysicalFunctionKey physicalFunction, int leastMtu);

    /** Kernel driver the VF is bound to now. */
    Optional<String> driver(PhysicalFunctionKey physicalFunction, int index);

    /** Takes the VF from its driver, whatever it is; nothing happens when it has none. */
    void unbind(PhysicalFunctionKey physicalFunction, int index);

    /** Binds the VF to vfio-pci by driver_override; refuses when it has no IOMMU group. */
    void bindToVfio(PhysicalFunctionKey physicalFunction, int index);

    /** PCI address of the VF now, {@code 0000:01:10.0}. */
    String address(PhysicalFunctionKey physicalFunction, int index);

    /** A VF's attributes as read back; a flag is empty where the driver does not report it. */
    record Tuple(
            MacAddress mac,
            int vlan,
            int qos,
            Optional<Boolean> spoofCheck,
            Optional<Boolean> trust,
            int minTxRate,
            int maxTxRate,
            Optional<LinkState> linkState) {}

    /** What the PF tells the VF about its link (IFLA_VF_LINK_STATE_* of linux/if_link.h). */
    enum LinkState {
        AUTO,
        ENABLE,
        DISABLE
    }

    /** One attribute to set. */
    sealed interface Setting {
        /** Administrative MAC address; {@link MacAddress#ZERO} takes it away. */
        record Mac(MacAddress mac) implements Setting {}

        /** VLAN of the VF's frames on the wire, 0 for none, with its 802.1p priority. */
        record Vlan(int vlan, int qos) implements Setting {}

        /** Whether frames with another source MAC are dropped. */
        record SpoofCheck(boolean on) implements Setting {}

        /** Whether the guest may ask for promiscuous mode and further addresses. */
        record Trust(boolean on) implements Setting {}

        /** Both rates, Mbit/s, 0 for none: the kernel takes them as one struct, so setting one alone wipes the other. */
        record Rates(int minTxRate, int maxTxRate) implements Setting {}

        /** Link state as the VF sees it. */
        record Link(LinkState state) implements Setting {}
    }
}
