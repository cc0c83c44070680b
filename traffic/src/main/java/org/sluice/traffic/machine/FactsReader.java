package org.sluice.traffic.machine;

import static java.util.Objects.requireNonNull;

import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.sluice.linux.LinuxException;
import org.sluice.linux.ethtool.DriverInfo;
import org.sluice.linux.ethtool.Ethtool;
import org.sluice.linux.ethtool.Feature;
import org.sluice.linux.ethtool.LinkSpeed;
import org.sluice.linux.machine.Machine;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.Qdisc;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.PciFunction;

/** Gathers what a report says about machine and devices. Changes nothing and needs no privilege. Thread-safe. */
public final class FactsReader {
    /** Red Hat's vendor id, which virtio devices and the cards that QEMU emulates carry as subsystem. */
    private static final int QEMU_SUBSYSTEM = 0x1AF4;

    private static final Set<String> EMULATED_DRIVERS = Set.of("igb", "igbvf", "e1000", "e1000e", "virtio_net");
    private static final Set<String> HYPERVISOR_VENDORS = Set.of("qemu", "xen", "vmware, inc.", "innotek gmbh");
    private static final long BITS_PER_MEGABIT = 1_000_000;

    private final Host host;

    /** Reads this host. */
    public FactsReader(Host host) {
        this.host = requireNonNull(host, "host is null");
    }

    /** The machine. */
    public MachineFacts machine() {
        Machine machine = host.machine();
        RuntimeMXBean jvm = ManagementFactory.getRuntimeMXBean();
        return new MachineFacts(
                machine.kernelRelease(),
                machine.kernelVersion(),
                machine.commandLine(),
                machine.cpuModel(),
                machine.onlineCpus(),
                machine.isolatedCpus(),
                new TreeMap<>(machine.governors()),
                machine.vulnerabilities(),
                machine.memory(),
                machine.systemVendor(),
                machine.productName(),
                virtualised(machine),
                jvm.getVmName() + " " + jvm.getVmVersion(),
                jvm.getInputArguments());
    }

    /**
     * A device.
     *
     * @throws LinuxException codes {@code link.missing} and {@code namespace.missing}
     */
    public InterfaceFacts device(Device device) {
        String name = device.name();
        try (Links links = host.links(device.place());
                Ethtool ethtool = host.ethtool(device.place())) {
            Link link = links.find(name)
                    .orElseThrow(() -> new LinuxException(
                            "link.missing",
                            "There is no network device " + device + ".",
                            "Check its name and namespace (ip link show, ip netns list)."));
            Optional<DriverInfo> driver = ethtool.driver(link.name());
            Optional<PciFunction> pci = pci(link, driver);
            Optional<LinkSpeed> speed = ethtool.linkSpeed(link.name());
            return new InterfaceFacts(
                    link.name(),
                    device.place().label(),
                    link.kind().name(),
                    nature(link, driver, pci, host.machine().systemVendor()),
                    link.mac(),
                    link.mtu(),
                    link.up(),
                    link.carrier(),
                    driver,
                    pci,
                    speed.map(LinkSpeed::megabits)
                            .filter(megabits -> megabits.isPresent())
                            .map(megabits -> OptionalLong.of(BITS_PER_MEGABIT * megabits.getAsInt()))
                            .orElse(OptionalLong.empty()),
                    speed.flatMap(LinkSpeed::duplex),
                    ethtool.rings(link.name()),
                    activeFeatures(ethtool.features(link.name())),
                    links.qdiscs().root(link.name()).map(Qdisc::kind),
                    ethtool.coalescing(link.name()),
                    links.xdpMode(link.name()));
        }
    }

    private static List<String> activeFeatures(List<Feature> features) {
        return features.stream()
                .filter(Feature::active)
                .map(Feature::name)
                .sorted()
                .toList();
    }

    /** The kernel names the parent of a plain card; for a virtio device the driver names the PCI function below it. */
    private Optional<PciFunction> pci(Link link, Optional<DriverInfo> driver) {
        return Optional.of(link.parentDevice())
                .filter(PciAddress::matches)
                .or(() -> driver.map(DriverInfo::bus).filter(PciAddress::matches))
                .flatMap(address -> host.pci().function(PciAddress.parse(address)));
    }

    static Nature nature(
            Link link, Optional<DriverInfo> driver, Optional<PciFunction> pci, Optional<String> systemVendor) {
        if (!link.kind().name().isEmpty() || link.parentDevice().isEmpty()) {
            return Nature.VIRTUAL;
        }
        boolean marked = pci.filter(function -> function.subsystem().vendor() == QEMU_SUBSYSTEM)
                .isPresent();
        boolean inQemu = systemVendor.filter("QEMU"::equals).isPresent()
                && driver.filter(known -> EMULATED_DRIVERS.contains(known.driver()))
                        .isPresent();
        return marked || inQemu ? Nature.EMULATED : Nature.HARDWARE;
    }

    /** A hypervisor can hide its flag, and a machine without the flag's place can name its maker. */
    private static Optional<Boolean> virtualised(Machine machine) {
        Optional<Boolean> flag = machine.hypervisorFlag();
        Optional<Boolean> maker =
                machine.systemVendor().map(vendor -> HYPERVISOR_VENDORS.contains(vendor.toLowerCase(Locale.ROOT)));
        return flag.filter(set -> set).or(() -> maker.filter(known -> known)).or(() -> flag);
    }
}
