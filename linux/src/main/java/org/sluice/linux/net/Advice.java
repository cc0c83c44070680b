package org.sluice.linux.net;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import org.sluice.linux.kernel.Errno;

/** What to do about a refusal, by what was asked. The kernel means different things by the same number. */
final class Advice {
    private static final String LOOK = "Look at the kernel's log (dmesg) for what the driver says.";
    private static final String BECOME_ROOT = "Run with CAP_NET_ADMIN in this network namespace, for example as root.";

    private static final Map<Errno, String> LINK = new EnumMap<>(Map.of(
            Errno.EPERM, BECOME_ROOT,
            Errno.ENODEV, "Check the device's name (ip link show) and the network namespace it is in.",
            Errno.EEXIST, "Choose another name, or delete the device that has it.",
            Errno.EBUSY, "Set the device down or take it out of what uses it, then try again.",
            Errno.EOPNOTSUPP,
                    "This kernel or driver cannot do it: check that the kernel module for this kind of device exists.",
            Errno.EADDRNOTAVAIL, "Give the device a MAC address other than zero first.",
            Errno.ERANGE, "Use a value within the range the device reports (ip -d link show).",
            Errno.EINVAL, "Check each value of the request; device names have at most 15 bytes.",
            Errno.ENETDOWN, "Set the device up first.",
            Errno.EMSGSIZE, "Read the VFs without their counters: the list of VFs is too long for one message."));

    private static final Map<Errno, String> VIRTUAL_FUNCTION = new EnumMap<>(Map.of(
            Errno.EPERM,
                    BECOME_ROOT + " If it has it, a SmartNIC's own processor or kernel lockdown owns this setting.",
            Errno.ENODEV, "Check the PF's name (ip link show): udev may have renamed it.",
            Errno.EOPNOTSUPP, "The PF's driver does not know this attribute: do not ask for it on this card.",
            Errno.ENOTSUPP, "The PF's driver does not know this attribute: do not ask for it on this card.",
            Errno.EPROTONOSUPPORT, "The card tags 802.1Q only: use the VLAN protocol 802.1Q.",
            Errno.EBUSY, "The VF is being reset or probed: try again within ten seconds.",
            Errno.EAGAIN, "The VF is being reset or probed: try again within ten seconds.",
            Errno.EINVAL,
                    "Check that the VF's number is below the PF's sriov_numvfs and that the card takes these values; many refuse"
                            + " a minimum rate, a rate while the link is down, or a zero MAC address.",
            Errno.ERANGE, "Use a value within the range that the card supports.",
            Errno.ENETDOWN, "Set the PF up first."));

    private Advice() {}

    static Function<Errno, String> link() {
        return errno -> LINK.getOrDefault(errno, LOOK);
    }

    static Function<Errno, String> virtualFunction() {
        return errno -> VIRTUAL_FUNCTION.getOrDefault(errno, LOOK);
    }
}
