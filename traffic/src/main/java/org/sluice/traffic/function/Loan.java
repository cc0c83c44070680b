package org.sluice.traffic.function;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.VfAttribute;
import org.sluice.linux.net.VfAttributes;
import org.sluice.linux.net.VirtualFunctionInfo;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.PciFunction;
import org.sluice.linux.pci.PciNetworkDevice;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.pci.PhysicalFunction;
import org.sluice.linux.pci.VirtualFunction;
import org.sluice.linux.vfio.VfioBinder;

/**
 * What has to be known to give a VF back, also by another process than the one that took it. Immutable.
 *
 * @param physicalFunction the PCI address of its PF
 * @param index its number
 * @param address its PCI address
 * @param lent the MAC address that it has while it is lent: with another one it is not lent any more
 * @param mac the MAC address that it had
 * @param vlan the VLAN that it had, 0 for none
 * @param qos the priority in that VLAN
 */
public record Loan(
        PciAddress physicalFunction,
        int index,
        PciAddress address,
        MacAddress lent,
        MacAddress mac,
        int vlan,
        int qos) {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Pattern TEXT =
            Pattern.compile("(\\S+) number (\\d+) of (\\S+) lent (\\S+) mac (\\S+) vlan (\\d+) qos (\\d+)");

    /** Checks for null. */
    public Loan {
        requireNonNull(physicalFunction, "physicalFunction is null");
        requireNonNull(address, "address is null");
        requireNonNull(lent, "lent is null");
        requireNonNull(mac, "mac is null");
    }

    /**
     * Looks at a VF that nobody uses; changes nothing.
     *
     * @param device the network device of its PF, in this thread's namespace
     * @param lent the MAC address that it will have
     * @throws LinuxException code {@code vf.in-use} when it has a driver, {@code vf.unknown} when the PF's driver does not report it
     */
    public static Loan of(String device, VirtualFunction function, MacAddress lent) {
        if (function.function().driver().isPresent()) {
            throw new LinuxException(
                    "vf.in-use",
                    "VF " + function.index() + " of " + device + " is in use by the driver "
                            + function.function().driverName() + ".",
                    "Choose another one; only VFs without a driver are taken.");
        }
        try (Links links = Links.open()) {
            VirtualFunctionInfo before = info(links, device, function.index());
            return new Loan(
                    function.physicalFunction(),
                    function.index(),
                    function.function().address(),
                    lent,
                    before.mac(),
                    before.vlan(),
                    before.qos());
        }
    }

    /** One line from which {@link #parse} makes the same. */
    public String text() {
        return address + " number " + index + " of " + physicalFunction + " lent " + lent + " mac " + mac + " vlan "
                + vlan + " qos " + qos;
    }

    /** What {@link #text} wrote; empty for anything else. */
    public static Optional<Loan> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Loan(
                    PciAddress.parse(matcher.group(3)),
                    Integer.parseInt(matcher.group(2)),
                    PciAddress.parse(matcher.group(1)),
                    MacAddress.parse(matcher.group(4)),
                    MacAddress.parse(matcher.group(5)),
                    Integer.parseInt(matcher.group(6)),
                    Integer.parseInt(matcher.group(7))));
        } catch (IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }

    /** Whether the VF still has the address that it was lent with. */
    public boolean isOut() {
        return now().filter(info -> info.mac().equals(lent)).isPresent();
    }

    /**
     * Leaves the VF without a driver and with the address and VLAN it had, read back. Does nothing when it is gone, or has the
     * address of somebody else by now. Its network device goes with the driver, out of whichever namespace it is in.
     *
     * @throws LinuxException code {@code vf.not-set}, or what the kernel refused
     */
    public void giveBack() {
        Optional<VirtualFunctionInfo> now = now();
        if (now.isEmpty()) {
            return;
        }
        if (now.orElseThrow().mac().equals(lent)) {
            PciFunction _ = new VfioBinder(new PciTree(), AttributeWriter.kernel(), LIMIT).detach(address);
            set(mac, vlan, qos);
        } else if (now.orElseThrow().mac().equals(mac) && now.orElseThrow().vlan() != vlan) {
            set(mac, vlan, qos);
        }
    }

    /** Gives it the lent address, and no VLAN. */
    void program() {
        set(lent, 0, 0);
    }

    private Optional<VirtualFunctionInfo> now() {
        PciTree tree = new PciTree();
        boolean there = tree.virtualFunctions(physicalFunction).stream()
                .anyMatch(function -> function.index() == index
                        && function.function().address().equals(address));
        if (!there) {
            return Optional.empty();
        }
        try (Links links = Links.open()) {
            return Optional.of(info(links, device(), index));
        }
    }

    private void set(MacAddress wantedMac, int wantedVlan, int wantedQos) {
        String device = device();
        try (Links links = Links.open()) {
            // The VLAN first: by the address one sees that the VF is lent, so it comes last and goes last.
            VfAttribute vlanAttribute = new VfAttribute.Vlan(wantedVlan, wantedQos, VlanProtocol.DOT1Q);
            links.setVf(device, index, VfAttributes.of(vlanAttribute));
            links.setVf(device, index, new VfAttribute.Mac(wantedMac));
            VirtualFunctionInfo set = info(links, device, index);
            if (!set.mac().equals(wantedMac) || set.vlan() != wantedVlan) {
                throw new LinuxException(
                        "vf.not-set",
                        "VF " + index + " of " + device + " was to have the address " + wantedMac + " and VLAN "
                                + wantedVlan + " and has " + set.mac() + " and " + set.vlan() + ".",
                        "Look at the kernel's log (dmesg) for what the driver says.");
            }
        }
    }

    /** The network device of the PF, by its name now. */
    String device() {
        return new PciTree()
                .physicalFunction(physicalFunction)
                .map(PhysicalFunction::function)
                .flatMap(PciFunction::networkDevice)
                .map(PciNetworkDevice::name)
                .orElseThrow(() -> new LinuxException(
                        "pf.missing",
                        "The PF " + physicalFunction + " has no network device in this namespace.",
                        "Bind it to its driver and bring its device back; then run this again."));
    }

    private static VirtualFunctionInfo info(Links links, String device, int index) {
        List<VirtualFunctionInfo> all = links.virtualFunctions(device);
        return all.stream()
                .filter(info -> info.index() == index)
                .findFirst()
                .orElseThrow(() -> new LinuxException(
                        "vf.unknown",
                        "The driver of " + device + " reports no VF " + index + ".",
                        "Look at ip link show dev " + device + "."));
    }
}
