package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.kernel.KernelCalls;
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
import org.sluice.linux.vfio.VfioBinder;
import org.sluice.model.MacAddress;
import org.sluice.model.protocol.PhysicalFunction;
import org.sluice.model.protocol.PhysicalFunctionKey;
import org.sluice.model.protocol.VirtualFunction;

/**
 * The SR-IOV network cards of this machine, by sysfs and rtnetlink. A PF is known by its card's serial number and its
 * function number; a card without a readable serial, or two cards with the same one, by the PF's MAC address. A PF whose
 * netdev is not in the agent's network namespace cannot be programmed and is not listed.
 *
 * <p>Thread-safe for different VFs.
 */
public final class LinuxVirtualFunctions implements VirtualFunctions {
    /** PCI class of Ethernet controllers, upper 16 of the 24 bits (PCI Code and ID Assignment, 02h/00h). */
    private static final int ETHERNET = 0x0200;

    private final PortLinks links;
    private final PciTree tree;
    private final VfioBinder binder;

    /** Where each PF was last seen; checked against the MAC that is there before it is believed. */
    private final Map<PhysicalFunctionKey, Seat> seats = new ConcurrentHashMap<>();

    private record Seat(PciAddress address, String mac) {}

    private record Port(PciAddress address, String netdev) {}

    /**
     * Works on the machine.
     *
     * @param links netdevs of the host's network namespace
     * @param tree the machine's PCI functions
     * @param binder binds VFs; its bound must be shorter than the agent's own for one call
     */
    public LinuxVirtualFunctions(Links links, PciTree tree, VfioBinder binder) {
        this(PortLinks.over(requireNonNull(links, "links is null")), tree, binder);
    }

    LinuxVirtualFunctions(PortLinks links, PciTree tree, VfioBinder binder) {
        this.links = requireNonNull(links, "links is null");
        this.tree = requireNonNull(tree, "tree is null");
        this.binder = requireNonNull(binder, "binder is null");
    }

    @Override
    public List<PhysicalFunction> physicalFunctions() {
        return KernelCalls.call(this::scan);
    }

    @Override
    public Tuple read(PhysicalFunctionKey physicalFunction, int index) {
        return KernelCalls.call(() -> tuple(info(port(physicalFunction), index)));
    }

    @Override
    public void set(PhysicalFunctionKey physicalFunction, int index, Setting setting) {
        KernelCalls.run(() -> links.setVf(port(physicalFunction).netdev(), index, attribute(setting)));
    }

    @Override
    public void preparePhysicalFunction(PhysicalFunctionKey physicalFunction, int leastMtu) {
        KernelCalls.run(() -> {
            String netdev = port(physicalFunction).netdev();
            Link before = link(netdev);
            if (before.mtu() < leastMtu) {
                links.setMtu(netdev, leastMtu);
            }
            if (!before.up()) {
                links.setUp(netdev);
            }
            Link after = link(netdev);
            if (!after.up() || after.mtu() < leastMtu) {
                throw new KernelException(
                        "EIO",
                        "The PF " + netdev + " was to be up with an MTU of at least " + leastMtu + ", but reads back "
                                + (after.up() ? "up" : "down") + " with " + after.mtu() + ".",
                        Optional.of("Make sure that no network daemon of the host sets this PF down or its MTU back."),
                        null);
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
                throw new KernelException(
                        "EBUSY",
                        "VF " + after.address() + " was taken from its driver, but " + driver + " has it again.",
                        Optional.of("Switch off sriov_drivers_autoprobe of its PF."),
                        null);
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
                throw new KernelException(
                        "EPERM",
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

    private List<PhysicalFunction> scan() {
        List<org.sluice.linux.pci.PhysicalFunction> cards = tree.physicalFunctions().stream()
                .filter(card -> card.function().classCode() >> 8 == ETHERNET)
                .filter(card -> card.function().networkDevice().isPresent())
                .toList();
        Map<PhysicalFunctionKey, Long> uses = cards.stream()
                .flatMap(card -> serialKey(card).stream())
                .collect(Collectors.groupingBy(key -> key, HashMap::new, Collectors.counting()));
        List<PhysicalFunction> all = new ArrayList<>();
        for (org.sluice.linux.pci.PhysicalFunction card : cards) {
            PciNetworkDevice netdev = card.function().networkDevice().orElseThrow();
            // Some makers give every card of a batch one serial number; that names none of them.
            PhysicalFunctionKey key = serialKey(card)
                    .filter(candidate -> uses.getOrDefault(candidate, 0L) == 1L)
                    .orElseGet(() -> new PhysicalFunctionKey(netdev.mac(), 0));
            Optional<Link> link = links.find(netdev.name());
            if (link.isEmpty()) {
                continue;
            }
            seats.put(key, new Seat(card.address(), netdev.mac()));
            all.add(describe(key, card, netdev, link.get().carrier()));
        }
        return List.copyOf(all);
    }

    private static Optional<PhysicalFunctionKey> serialKey(org.sluice.linux.pci.PhysicalFunction card) {
        return card.serial()
                .map(serial -> new PhysicalFunctionKey(serial, card.address().function()));
    }

    private static PhysicalFunction describe(
            PhysicalFunctionKey key,
            org.sluice.linux.pci.PhysicalFunction card,
            PciNetworkDevice netdev,
            boolean carrier) {
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
                new MacAddress(netdev.mac()),
                carrier,
                functions);
    }

    private static String hex(int id) {
        return "%04x".formatted(id);
    }

    /** Where the PF is now. Names and addresses change, so what was seen is believed only if the same MAC is there. */
    private Port port(PhysicalFunctionKey key) {
        return at(seats.get(key))
                .or(() -> {
                    List<PhysicalFunction> _ = scan();
                    return at(seats.get(key));
                })
                .orElseThrow(
                        () -> missing("There is no PF of card " + key.serial() + " with port " + key.port() + "."));
    }

    private Optional<Port> at(@Nullable Seat seat) {
        if (seat == null) {
            return Optional.empty();
        }
        return tree.function(seat.address())
                .flatMap(PciFunction::networkDevice)
                .filter(netdev -> netdev.mac().equals(seat.mac()))
                .map(netdev -> new Port(seat.address(), netdev.name()));
    }

    private VirtualFunctionInfo info(Port port, int index) {
        return links.virtualFunctions(port.netdev()).stream()
                .filter(info -> info.index() == index)
                .findFirst()
                .orElseThrow(() -> missing("The PF " + port.netdev() + " has no VF " + index + "."));
    }

    private PciAddress virtualFunction(PhysicalFunctionKey key, int index) {
        Port port = port(key);
        Path link = tree.folder(port.address()).resolve("virtfn" + index);
        try {
            return PciAddress.parse(Files.readSymbolicLink(link).getFileName().toString());
        } catch (IOException e) {
            throw new KernelException(
                    "ENODEV",
                    "The PF " + port.netdev() + " has no VF " + index + " (" + link + ").",
                    Optional.of("See sriov_numvfs of the PF."),
                    e);
        }
    }

    private PciFunction function(PciAddress address) {
        return tree.function(address)
                .orElseThrow(() -> missing("There is no PCI function at " + address + " any more."));
    }

    private Link link(String netdev) {
        return links.find(netdev)
                .orElseThrow(() -> missing("There is no netdev " + netdev + " in the agent's network namespace."));
    }

    private static KernelException missing(String sentence) {
        return new KernelException(
                "ENODEV", sentence, Optional.of("Check that the card is there and its driver is loaded."), null);
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
