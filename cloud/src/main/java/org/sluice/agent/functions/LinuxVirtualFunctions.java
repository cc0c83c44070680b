package org.sluice.agent.functions;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sluice.agent.host.KernelException;
import org.sluice.agent.host.VirtualFunctions;
import org.sluice.agent.kernel.KernelCalls;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.LinkDetail;
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
 * The host's SR-IOV cards by sysfs, rtnetlink and VFIO. A PF is found by its identity at every call, because its name and
 * its address may have changed since the last one. PFs without a network device (given to a VM, or without a driver) are
 * not there. Thread-safe.
 */
public final class LinuxVirtualFunctions implements VirtualFunctions {
    private final PciTree tree;
    private final Links links;
    private final VfioBinder binder;

    /**
     * @param tree the PCI functions
     * @param links the network devices of the namespace in which the PFs are
     * @param binder binds VFs to vfio-pci
     */
    public LinuxVirtualFunctions(PciTree tree, Links links, VfioBinder binder) {
        this.tree = requireNonNull(tree, "tree is null");
        this.links = requireNonNull(links, "links is null");
        this.binder = requireNonNull(binder, "binder is null");
    }

    /** A PF in this moment: its identity, what PCI says of it, and its network device. */
    private record Found(
            PhysicalFunctionKey key, org.sluice.linux.pci.PhysicalFunction function, PciNetworkDevice device) {}

    @Override
    public List<PhysicalFunction> physicalFunctions() {
        return KernelCalls.call(() -> {
            Map<String, Link> byName = new HashMap<>();
            links.list().forEach(link -> byName.put(link.name(), link));
            List<PhysicalFunction> described = new ArrayList<>();
            for (Found found : found()) {
                Link link = byName.get(found.device().name());
                if (link != null) {
                    described.add(describe(found, link));
                }
            }
            return List.copyOf(described);
        });
    }

    private static PhysicalFunction describe(Found found, Link link) {
        org.sluice.linux.pci.PhysicalFunction function = found.function();
        List<VirtualFunction> functions = function.virtualFunctions().stream()
                .map(vf -> new VirtualFunction(
                        vf.index(),
                        vf.function().address().toString(),
                        vf.function().iommuGroupNumber(),
                        vf.function().driverName()))
                .toList();
        return new PhysicalFunction(
                found.key(),
                found.device().name(),
                function.address().toString(),
                hexadecimal(function.function().id().vendor()),
                hexadecimal(function.function().id().device()),
                function.virtualFunctions().stream()
                        .findFirst()
                        .map(vf -> hexadecimal(vf.function().id().device()))
                        .orElse(""),
                function.function().driverName(),
                function.function().numaNode(),
                function.totalVfs(),
                new MacAddress(link.mac().toString()),
                link.carrier(),
                functions);
    }

    @Override
    public Tuple read(PhysicalFunctionKey physicalFunction, int index) {
        return KernelCalls.call(() -> {
            String name = require(physicalFunction).device().name();
            VirtualFunctionInfo info = links.find(name, LinkDetail.VIRTUAL_FUNCTIONS)
                    .flatMap(link -> link.virtualFunction(index))
                    .orElseThrow(() -> missing("VF " + index + " of " + name));
            return new Tuple(
                    new MacAddress(info.mac().toString()),
                    info.vlan(),
                    info.qos(),
                    reported(info.spoofCheck()),
                    reported(info.trust()),
                    info.minTxRate(),
                    info.maxTxRate(),
                    reported(info.linkState()));
        });
    }

    @Override
    public void set(PhysicalFunctionKey physicalFunction, int index, Setting setting) {
        KernelCalls.run(() -> links.setVf(require(physicalFunction).device().name(), index, attribute(setting)));
    }

    @Override
    public void preparePhysicalFunction(PhysicalFunctionKey physicalFunction, int leastMtu) {
        KernelCalls.run(() -> {
            String name = require(physicalFunction).device().name();
            Link link = links.find(name).orElseThrow(() -> missing(name));
            if (link.mtu() < leastMtu) {
                links.setMtu(name, leastMtu);
            }
            if (!link.up()) {
                links.setUp(name);
            }
        });
    }

    @Override
    public Optional<String> driver(PhysicalFunctionKey physicalFunction, int index) {
        return KernelCalls.call(
                () -> tree.function(pciAddress(physicalFunction, index)).flatMap(PciFunction::driver));
    }

    @Override
    public void unbind(PhysicalFunctionKey physicalFunction, int index) {
        KernelCalls.run(() -> {
            PciFunction _ = binder.detach(pciAddress(physicalFunction, index));
        });
    }

    @Override
    public void bindToVfio(PhysicalFunctionKey physicalFunction, int index) {
        KernelCalls.run(() -> {
            PciAddress address = pciAddress(physicalFunction, index);
            PciFunction _ = binder.bind(address);
            List<PciFunction> blockers = binder.groupBlockers(address);
            if (!blockers.isEmpty()) {
                PciFunction blocker = blockers.getFirst();
                throw new KernelException(
                        "EBUSY",
                        "The VF " + address + " cannot go to a VM: " + blocker.address() + " of its IOMMU group is on "
                                + blocker.driverName() + ".",
                        Optional.of("Put the card into a slot with ACS, or take the other members of the group from"
                                + " their drivers."),
                        null);
            }
        });
    }

    @Override
    public String address(PhysicalFunctionKey physicalFunction, int index) {
        return KernelCalls.call(() -> pciAddress(physicalFunction, index).toString());
    }

    private PciAddress pciAddress(PhysicalFunctionKey physicalFunction, int index) {
        return require(physicalFunction).function().virtualFunctions().stream()
                .filter(vf -> vf.index() == index)
                .findFirst()
                .map(vf -> vf.function().address())
                .orElseThrow(() -> missing("VF " + index + " of card " + physicalFunction.serial()));
    }

    private Found require(PhysicalFunctionKey key) {
        return found().stream()
                .filter(found -> found.key().equals(key))
                .findFirst()
                .orElseThrow(() -> missing("port " + key.port() + " of card " + key.serial()));
    }

    /**
     * The PFs that have a network device. A card without a serial number in its VPD is known by the permanent address of
     * its port, which is port 0 of itself.
     */
    private List<Found> found() {
        Map<String, Integer> portsOfCard = new HashMap<>();
        List<Found> all = new ArrayList<>();
        for (org.sluice.linux.pci.PhysicalFunction function : tree.physicalFunctions().stream()
                .sorted(Comparator.comparing(org.sluice.linux.pci.PhysicalFunction::address))
                .toList()) {
            Optional<PciNetworkDevice> device = function.function().networkDevice();
            // Counted before it is skipped: a port keeps its number while another is away.
            int port = function.serial()
                    .map(serial -> portsOfCard.merge(serial, 1, Integer::sum) - 1)
                    .orElse(0);
            device.ifPresent(netdev -> all.add(new Found(
                    new PhysicalFunctionKey(function.serial().orElse(netdev.mac()), port), function, netdev)));
        }
        return all;
    }

    private static VfAttribute attribute(Setting setting) {
        return switch (setting) {
            case Setting.Mac mac ->
                new VfAttribute.Mac(
                        org.sluice.linux.net.MacAddress.parse(mac.mac().value()));
            case Setting.Vlan vlan -> new VfAttribute.Vlan(vlan.vlan(), vlan.qos(), VlanProtocol.DOT1Q);
            case Setting.SpoofCheck spoofCheck -> new VfAttribute.SpoofCheck(spoofCheck.on());
            case Setting.Trust trust -> new VfAttribute.Trust(trust.on());
            case Setting.Rates rates -> new VfAttribute.TxRate(rates.minTxRate(), rates.maxTxRate());
            case Setting.Link link ->
                new VfAttribute.LinkState(
                        switch (link.state()) {
                            case AUTO -> VfLinkState.AUTO;
                            case ENABLE -> VfLinkState.ENABLE;
                            case DISABLE -> VfLinkState.DISABLE;
                        });
        };
    }

    private static Optional<Boolean> reported(ReportedSwitch value) {
        return switch (value) {
            case ON -> Optional.of(true);
            case OFF -> Optional.of(false);
            case NOT_REPORTED -> Optional.empty();
        };
    }

    private static Optional<LinkState> reported(VfLinkState state) {
        return switch (state) {
            case AUTO -> Optional.of(LinkState.AUTO);
            case ENABLE -> Optional.of(LinkState.ENABLE);
            case DISABLE -> Optional.of(LinkState.DISABLE);
            case NOT_REPORTED -> Optional.empty();
        };
    }

    private static String hexadecimal(int sixteenBits) {
        return "%04x".formatted(sixteenBits);
    }

    private static KernelException missing(String what) {
        return new KernelException(
                "ENODEV",
                "This host has no " + what + " now.",
                Optional.of("Check that the card is there and bound to its driver, and that it has its VFs"
                        + " (sriov_numvfs)."),
                null);
    }
}
