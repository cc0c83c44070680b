package org.sluice.agent.host;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;

/**
 * The host's SR-IOV cards. Every call may throw {@link KernelException}: {@link KernelException.Gone} when PF or VF have left the
 * machine, {@link KernelException.Unreadable} when they cannot be found or read now, as while the card is in reset. Calls on
 * different VFs may run at the same time; the caller serialises calls on one VF.
 */
public interface VirtualFunctions {
    /** The PFs there are now, with their VFs. */
    List<PhysicalFunction> physicalFunctions();

    /** What kind of card the PF is, and how it is set up. */
    CardModel model(PhysicalFunctionKey physicalFunction);

    /** What the kernel reads back of a VF (IFLA_VFINFO_LIST of linux/if_link.h). */
    Tuple read(PhysicalFunctionKey physicalFunction, int index);

    /** Sets one attribute of a VF, without reading it back. */
    void set(PhysicalFunctionKey physicalFunction, int index, Setting setting);

    /** How the PF is set up now. */
    PortState port(PhysicalFunctionKey physicalFunction);

    /**
     * Brings the PF up, raises its MTU to at least this, and has VFs that are made from now on given to no driver. Never lowers the MTU,
     * because the host's own traffic shares it.
     */
    void preparePhysicalFunction(PhysicalFunctionKey physicalFunction, int leastMtu);

    /** Kernel driver the VF is bound to now. */
    Optional<String> driver(PhysicalFunctionKey physicalFunction, int index);

    /** Takes the VF from its driver, whatever it is; nothing happens when it has none. */
    void unbind(PhysicalFunctionKey physicalFunction, int index);

    /** Binds the VF to vfio-pci by driver_override; refuses when it has no IOMMU group. */
    void bindToVfio(PhysicalFunctionKey physicalFunction, int index);

    /** PCI address of the VF now, {@code 0000:01:10.0}. */
    String address(PhysicalFunctionKey physicalFunction, int index);

    /**
     * A PF as the host has set it up.
     *
     * @param up whether it is set up, with or without a carrier
     * @param mtu largest packet, bytes
     * @param autoprobe whether VFs that are made now are given to a driver ({@code sriov_drivers_autoprobe})
     */
    record PortState(boolean up, int mtu, boolean autoprobe) {}

    /** A VF's attributes as read back; a flag is empty where the driver does not report it. */
    record Tuple(
            MacAddress mac,
            int vlan,
            int qos,
            Optional<Boolean> spoofCheck,
            Optional<Boolean> trust,
            int minTxRate,
            int maxTxRate,
            Optional<LinkState> linkState) {
        /** Whether the VF reads back with this setting; not where the driver does not report it. */
        public boolean shows(Setting setting) {
            return switch (setting) {
                case Setting.Mac(MacAddress other) -> mac.equals(other);
                case Setting.Vlan(int id, int priority) -> vlan == id && qos == priority;
                case Setting.SpoofCheck(boolean on) -> spoofCheck.equals(Optional.of(on));
                case Setting.Trust(boolean on) -> trust.equals(Optional.of(on));
                case Setting.Rates(int min, int max) -> minTxRate == min && maxTxRate == max;
                case Setting.Link(LinkState state) -> linkState.equals(Optional.of(state));
            };
        }
    }

    /**
     * A kind of card under a driver: what two cards must share to take the same attributes.
     *
     * @param vendorId PCI vendor, four lower-case hexadecimal digits
     * @param deviceId PCI device, four lower-case hexadecimal digits
     * @param driver kernel driver, {@code igb}
     * @param moduleVersion version of the driver's module, for one that does not come with the kernel; empty when it has none
     * @param firmware the card's firmware as the driver names it; empty when it does not
     * @param eswitchMode {@code legacy}, {@code switchdev}, or {@code unknown}
     */
    record CardModel(
            String vendorId,
            String deviceId,
            String driver,
            String moduleVersion,
            String firmware,
            String eswitchMode) {
        /** Mode of a PF whose VFs are ports of a switch in the host. */
        public static final String SWITCHDEV = "switchdev";

        /** Mode of a PF that says nothing about it. */
        public static final String UNKNOWN_MODE = "unknown";

        public CardModel {
            requireNonNull(vendorId, "vendorId is null");
            requireNonNull(deviceId, "deviceId is null");
            requireNonNull(driver, "driver is null");
            // Older capabilities files know no more than the three above.
            moduleVersion = Objects.requireNonNullElse(moduleVersion, "");
            firmware = Objects.requireNonNullElse(firmware, "");
            eswitchMode = Objects.requireNonNullElse(eswitchMode, UNKNOWN_MODE);
        }

        /** Whether the VFs are programmed through representors, and few of their attributes through the PF. */
        public boolean isSwitchdev() {
            return eswitchMode.equals(SWITCHDEV);
        }
    }

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
