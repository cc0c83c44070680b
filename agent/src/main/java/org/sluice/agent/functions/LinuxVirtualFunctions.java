package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.agent.kernel.KernelCalls;
import org.sluice.linux.ethtool.Ethtool;
import org.sluice.linux.kernel.AttributeFiles;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.ReportedSwitch;
import org.sluice.linux.net.VfAttribute;
import org.sluice.linux.net.VfLinkState;
import org.sluice.linux.net.VirtualFunctionInfo;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.PciFunction;
import org.sluice.linux.pci.PciNetworkDevice;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.pci.SriovControl;
import org.sluice.linux.vfio.VfioBinder;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.VirtualFunction;

/**
 * The SR-IOV network cards of this machine, by sysfs and rtnetlink. A PF whose netdev is not in the agent's network namespace
 * cannot be programmed and is not listed. What has left the machine is said by sysfs alone: the list of VFs that rtnetlink gives
 * lacks each VF whose driver does not answer for it now, as ice and i40e do during a reset.
 *
 * <p>Thread-safe for different VFs.
 */
public final class LinuxVirtualFunctions implements VirtualFunctions {
    /** PCI class of Ethernet controllers, upper 16 of the 24 bits (PCI Code and ID Assignment, 02h/00h). */
    private static final int ETHERNET = 0x0200;

    private static final String AUTOPROBE = "sriov_drivers_autoprobe";

    private final PortLinks links;
    private final PciTree tree;
    private final VfioBinder binder;
    private final SriovControl control;

    private final CardKeys keys;

    /** Keys of PFs that were seen since this was made: while the machine runs, a function does not change its address. */
    private final Set<PhysicalFunctionKey> seen = ConcurrentHashMap.newKeySet();

    private record Port(PciAddress address, String netdev) {}

    /** What one look at the machine found: ports of the host, and functions that may be such but have no netdev here. */
    private record Scan(List<PhysicalFunction> ports, List<org.sluice.linux.pci.PhysicalFunction> withoutNetdev) {}

    /**
     * Works on the machine.
     *
     * @param links netdevs of the host's network namespace
     * @param tree the machine's PCI functions
     * @param binder binds VFs; its bound must be shorter than the agent's own for one call
     * @param control says what becomes of VFs that are made; bounded likewise
     * @param files where it is kept by which key each PF is known
     */
    public LinuxVirtualFunctions(
            Links links,
            Ethtool ethtool,
            PciTree tree,
            VfioBinder binder,
            SriovControl control,
            DurableDirectory files) {
        this(
                PortLinks.over(requireNonNull(links, "links is null"), requireNonNull(ethtool, "ethtool is null")),
                tree,
                binder,
                control,
                files);
    }

    LinuxVirtualFunctions(
            PortLinks links, PciTree tree, VfioBinder binder, SriovControl control, DurableDirectory files) {
        this.links = requireNonNull(links, "links is null");
        this.tree = requireNonNull(tree, "tree is null");
        this.binder = requireNonNull(binder, "binder is null");
        this.control = requireNonNull(control, "control is null");
        this.keys = new CardKeys(files);
    }

    @Override
    public List<PhysicalFunction> physicalFunctions() {
        return KernelCalls.call(this::scan).ports();
    }

    @Override
    public CardModel model(PhysicalFunctionKey physicalFunction) {
        return KernelCalls.call(() -> {
            Port port = seat(physicalFunction);
            PciFunction function = function(port.address());
            return new CardModel(
                    hex(function.id().vendor()),
                    hex(function.id().device()),
                    function.driverName(),
                    moduleVersion(port.address()),
                    links.firmware(port.netdev()),
                    eswitchMode(port.address(), function));
        });
    }

    @Override
    public Tuple read(PhysicalFunctionKey physicalFunction, int index) {
        return KernelCalls.call(() -> tuple(info(seat(physicalFunction), index)));
    }

    @Override
    public void set(PhysicalFunctionKey physicalFunction, int index, Setting setting) {
        KernelCalls.run(() -> links.setVf(seat(physicalFunction).netdev(), index, attribute(setting)));
    }

    @Override
    public PortState port(PhysicalFunctionKey physicalFunction) {
        return KernelCalls.call(() -> {
            Port port = seat(physicalFunction);
            Link link = link(port.netdev());
            return new PortState(link.up(), link.mtu(), hasAutoprobe(port.address()));
        });
    }

    private boolean hasAutoprobe(PciAddress address) {
        return AttributeFiles.text(tree.folder(address).resolve(AUTOPROBE)).equals(Optional.of("1"));
    }

    @Override
    public void preparePhysicalFunction(PhysicalFunctionKey physicalFunction, int leastMtu) {
        KernelCalls.run(() -> {
            Port port = seat(physicalFunction);
            if (hasAutoprobe(port.address())) {
                control.setDriversAutoprobe(port.address(), false);
            }
            String netdev = port.netdev();
            Link before = link(netdev);
            if (before.mtu() < leastMtu) {
                links.setMtu(netdev, leastMtu);
            }
            if (!before.up()) {
                links.setUp(netdev);
            }
            Link after = link(netdev);
            if (!after.up() || after.mtu() < leastMtu) {
                throw new KernelException.Differs(
                        "PfReadBackDiffers",
                        "The PF " + netdev + " was to be up with an MTU of at least " + leastMtu + ", but reads back "
                                + (after.up() ? "up" : "down") + " with " + after.mtu() + ".",
                        Optional.of("Make sure that no network daemon of the host sets this PF down or its MTU back."));
            }
        });
    }

    @Override
    public Optional<String> driver(PhysicalFunctionKey physicalFunction, int index) {
        return KernelCalls.call(
                () -> function(virtualFunction(physicalFunction, index)).driver());
    }

    @Override
    public void unbind(PhysicalFunctionKey physicalFunction, int index) {
        KernelCalls.run(() -> {
            PciFunction after = binder.detach(virtualFunction(physicalFunction, index));
            after.driver().ifPresent(driver -> {
                throw new KernelException.Busy(
                        "VF " + after.address() + " was taken from its driver, but " + driver + " has it again.",
                        Optional.of("Switch off sriov_drivers_autoprobe of its PF."));
            });
        });
    }

    @Override
    public void bindToVfio(PhysicalFunctionKey physicalFunction, int index) {
        KernelCalls.run(() -> {
            PciAddress address = virtualFunction(physicalFunction, index);
            PciFunction _ = binder.bind(address);
            List<PciFunction> others = binder.groupBlockers(address);
            if (!others.isEmpty()) {
                throw KernelException.Refused.because(
                        "IommuGroupNotViable",
                        "VF " + address + " shares its IOMMU group with "
                                + others.stream()
                                        .map(other -> other.address() + " ("
                                                + other.driver().orElse("no driver") + ")")
                                        .collect(Collectors.joining(", "))
                                + ", so that VFIO would refuse it to a VM: the group is not viable.",
                        Optional.of("Put the card in a slot whose ports have ACS, or take those functions from their "
                                + "drivers too."),
                        null);
            }
        });
    }

    @Override
    public String address(PhysicalFunctionKey physicalFunction, int index) {
        return KernelCalls.call(() -> virtualFunction(physicalFunction, index).toString());
    }

    private Scan scan() {
        Map<CardKeys.Found, org.sluice.linux.pci.PhysicalFunction> cards = new LinkedHashMap<>();
        Map<CardKeys.Found, Link> netdevs = new HashMap<>();
        List<org.sluice.linux.pci.PhysicalFunction> withoutNetdev = new ArrayList<>();
        for (org.sluice.linux.pci.PhysicalFunction card : tree.physicalFunctions()) {
            if (card.function().classCode() >> 8 != ETHERNET) {
                continue;
            }
            Optional<Link> link = card.function().networkDevice().flatMap(netdev -> links.find(netdev.name()));
            if (link.isEmpty()) {
                withoutNetdev.add(card);
                continue;
            }
            CardKeys.Found found = found(card, link.get());
            cards.put(found, card);
            netdevs.put(found, link.get());
        }
        List<PhysicalFunction> ports = new ArrayList<>();
        keys.assign(List.copyOf(cards.keySet())).forEach((found, key) -> {
            seen.add(key);
            ports.add(describe(key, requireNonNull(cards.get(found)), requireNonNull(netdevs.get(found))));
        });
        return new Scan(List.copyOf(ports), withoutNetdev);
    }

    private static CardKeys.Found found(org.sluice.linux.pci.PhysicalFunction card, Link netdev) {
        PciFunction function = card.function();
        return new CardKeys.Found(
                card.address().toString(),
                hex(function.id().vendor()),
                hex(function.id().device()),
                card.address().function(),
                card.serial(),
                identity(netdev));
    }

    /** What a port is recognised by: its own address, and not the one that a bond or an operator gave it. */
    private static String identity(Link netdev) {
        boolean reported = !netdev.permanentMac().equals(org.sluice.linux.net.MacAddress.ZERO);
        return (reported ? netdev.permanentMac() : netdev.mac()).toString();
    }

    private static PhysicalFunction describe(
            PhysicalFunctionKey key, org.sluice.linux.pci.PhysicalFunction card, Link netdev) {
        List<VirtualFunction> functions = card.virtualFunctions().stream()
                .map(function -> new VirtualFunction(
                        function.index(),
                        function.function().address().toString(),
                        function.function().iommuGroupNumber(),
                        function.function().driverName()))
                .toList();
        String deviceOfFunctions = card.virtualFunctions().isEmpty()
                ? ""
                : hex(card.virtualFunctions().getFirst().function().id().device());
        return new PhysicalFunction(
                key,
                netdev.name(),
                card.address().toString(),
                hex(card.function().id().vendor()),
                hex(card.function().id().device()),
                deviceOfFunctions,
                card.function().driverName(),
                card.function().numaNode(),
                card.totalVfs(),
                new MacAddress(netdev.mac().toString()),
                netdev.carrier(),
                functions,
                Optional.empty());
    }

    private static String hex(int id) {
        return "%04x".formatted(id);
    }

    /** Where the PF is now. Names and addresses change, so what was seen is believed only if the same port is there. */
    private Port seat(PhysicalFunctionKey key) {
        Optional<Port> known = at(key);
        if (known.isPresent()) {
            return known.get();
        }
        Scan scan = scan();
        return at(key).orElseThrow(() -> lost(key, scan));
    }

    private Optional<Port> at(PhysicalFunctionKey key) {
        return keys.find(key).filter(_ -> seen.contains(key)).flatMap(seat -> {
            PciAddress address = PciAddress.parse(seat.address());
            return tree.function(address)
                    .flatMap(PciFunction::networkDevice)
                    .flatMap(netdev -> links.find(netdev.name()))
                    .filter(netdev -> identity(netdev).equals(seat.mac()))
                    .map(netdev -> new Port(address, netdev.name()));
        });
    }

    /** A PF that is not among the ports is gone only when no function of the machine can be it. */
    private KernelException lost(PhysicalFunctionKey key, Scan scan) {
        Optional<CardKeys.Seat> seat = keys.find(key);
        boolean withoutNetdev = scan.withoutNetdev().stream()
                .anyMatch(card -> seat.map(last -> isKind(card, last)
                                && (!seen.contains(key)
                                        || card.address().toString().equals(last.address())))
                        .orElseGet(() -> card.serial()
                                .map(serial -> serial.equals(key.serial()))
                                .orElse(true)));
        // Versions before this one named some ports by the address that they had at the time.
        boolean underAnotherKey =
                scan.ports().stream().anyMatch(port -> port.mac().toString().equals(key.serial()));
        String name = "PF of card " + key.serial() + " with port " + key.port();
        return withoutNetdev || underAnotherKey
                ? new KernelException.Unreadable(
                        "The " + name + " has no netdev now, and may still be in this machine.",
                        Optional.of("Check that its driver is loaded and that its netdev is in the agent's network"
                                + " namespace (ip link show)."),
                        null)
                : new KernelException.Gone(
                        "The " + name + " is not in this machine.", Optional.of("Look for the card with lspci."));
    }

    private static boolean isKind(org.sluice.linux.pci.PhysicalFunction card, CardKeys.Seat seat) {
        return hex(card.function().id().vendor()).equals(seat.vendorId())
                && hex(card.function().id().device()).equals(seat.deviceId());
    }

    private VirtualFunctionInfo info(Port port, int index) {
        return links.virtualFunctions(port.netdev()).stream()
                .filter(info -> info.index() == index)
                .findFirst()
                .orElseThrow(() -> {
                    PciAddress there = virtualFunction(port, index);
                    return new KernelException.Unreadable(
                            "The driver of PF " + port.netdev() + " says nothing of VF " + index + " (" + there
                                    + ") now.",
                            Optional.of("The PF or the VF may be in reset: see dmesg of the PF's driver."),
                            null);
                });
    }

    private PciAddress virtualFunction(PhysicalFunctionKey key, int index) {
        return virtualFunction(seat(key), index);
    }

    private PciAddress virtualFunction(Port port, int index) {
        Path link = tree.folder(port.address()).resolve("virtfn" + index);
        try {
            return PciAddress.parse(Files.readSymbolicLink(link).getFileName().toString());
        } catch (IOException missing) {
            int count = tree.physicalFunction(port.address())
                    .map(org.sluice.linux.pci.PhysicalFunction::vfCount)
                    .orElse(0);
            Optional<String> fix = Optional.of("See sriov_numvfs of the PF.");
            if (index < count) {
                throw new KernelException.Unreadable(
                        "The PF " + port.netdev() + " has " + count + " VFs, and VF " + index + " is not there yet ("
                                + link + ").",
                        fix,
                        missing);
            }
            throw new KernelException.Gone(
                    "The PF " + port.netdev() + " has " + count + " VFs, and so no VF " + index + ".", fix);
        }
    }

    private PciFunction function(PciAddress address) {
        return tree.function(address)
                .orElseThrow(() -> new KernelException.Unreadable(
                        "There is no PCI function at " + address + " now.",
                        Optional.of("Check that the card is there and its driver is loaded."),
                        null));
    }

    private Link link(String netdev) {
        return links.find(netdev)
                .orElseThrow(() -> new KernelException.Unreadable(
                        "There is no netdev " + netdev + " in the agent's network namespace now.",
                        Optional.of("Check that the card is there and its driver is loaded."),
                        null));
    }

    /** A driver that comes with the kernel has at most a checksum of its source, others a version. */
    private String moduleVersion(PciAddress address) {
        Path module = tree.folder(address).resolve("driver/module");
        return text(module.resolve("version"))
                .or(() -> text(module.resolve("srcversion")))
                .orElse("");
    }

    /** By NVIDIA's own driver's file; in others' a netdev with a switch id is the port of a switch of VFs in the host. */
    private String eswitchMode(PciAddress address, PciFunction function) {
        Optional<PciNetworkDevice> netdev = function.networkDevice();
        return netdev.flatMap(
                        device -> text(tree.folder(address).resolve("net/" + device.name() + "/compat/devlink/mode")))
                .or(() -> netdev.filter(device -> !device.switchId().isEmpty()).map(_ -> CardModel.SWITCHDEV))
                .orElse(CardModel.UNKNOWN_MODE);
    }

    private static Optional<String> text(Path attribute) {
        return AttributeFiles.text(attribute).filter(text -> !text.isEmpty());
    }

    private static VfAttribute attribute(Setting setting) {
        return switch (setting) {
            case Setting.Mac(MacAddress mac) ->
                new VfAttribute.Mac(org.sluice.linux.net.MacAddress.parse(mac.toString()));
            case Setting.Vlan(int vlan, int qos) -> new VfAttribute.Vlan(vlan, qos, VlanProtocol.DOT1Q);
            case Setting.SpoofCheck(boolean on) -> new VfAttribute.SpoofCheck(on);
            case Setting.Trust(boolean on) -> new VfAttribute.Trust(on);
            case Setting.Rates(int min, int max) -> new VfAttribute.TxRate(min, max);
            case Setting.Link(LinkState state) ->
                new VfAttribute.LinkState(
                        switch (state) {
                            case AUTO -> VfLinkState.AUTO;
                            case ENABLE -> VfLinkState.ENABLE;
                            case DISABLE -> VfLinkState.DISABLE;
                        });
        };
    }

    private static Tuple tuple(VirtualFunctionInfo info) {
        return new Tuple(
                new MacAddress(info.mac().toString()),
                info.vlan(),
                info.qos(),
                reported(info.spoofCheck()),
                reported(info.trust()),
                info.minTxRate(),
                info.maxTxRate(),
                switch (info.linkState()) {
                    case AUTO -> Optional.of(LinkState.AUTO);
                    case ENABLE -> Optional.of(LinkState.ENABLE);
                    case DISABLE -> Optional.of(LinkState.DISABLE);
                    case NOT_REPORTED -> Optional.empty();
                });
    }

    private static Optional<Boolean> reported(ReportedSwitch value) {
        return switch (value) {
            case ON -> Optional.of(true);
            case OFF -> Optional.of(false);
            case NOT_REPORTED -> Optional.empty();
        };
    }
}
