package org.sluice.linux.pci;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sluice.linux.LinuxException;

/**
 * Reads PCI functions from sysfs. Nothing is kept between calls; what disappears while it is read counts as absent. Thread-safe.
 */
public final class PciTree {
    private static final Path SYSFS = Path.of("/sys");
    private static final String VIRTUAL_FUNCTION = "virtfn";
    private static final Pattern VIRTUAL_FUNCTION_LINK = Pattern.compile(VIRTUAL_FUNCTION + "\\d+");

    private final Path root;
    private final Path devices;

    /** Reads the machine's own sysfs. */
    public PciTree() {
        this(SYSFS);
    }

    /** @param sysfs where sysfs is mounted, or a folder that looks like it */
    public PciTree(Path sysfs) {
        root = requireNonNull(sysfs, "sysfs is null");
        devices = root.resolve("bus/pci/devices");
    }

    /** All functions that can have VFs, by address; functions of all classes, not only of network cards. */
    public List<PhysicalFunction> physicalFunctions() {
        List<PciAddress> addresses = entries(devices).stream()
                .filter(PciAddress::matches)
                .map(PciAddress::parse)
                .sorted()
                .toList();
        List<PhysicalFunction> found = new ArrayList<>();
        // A VF has no VFs, and comes after its PF (PCI-SIG SR-IOV, First VF Offset): it is not looked at again.
        Set<PciAddress> virtual = new HashSet<>();
        for (PciAddress address : addresses) {
            if (!virtual.contains(address)) {
                physicalFunction(address).ifPresent(card -> {
                    found.add(card);
                    card.virtualFunctions()
                            .forEach(vf -> virtual.add(vf.function().address()));
                });
            }
        }
        return List.copyOf(found);
    }

    /** The function at the address, when there is one and it can have VFs. */
    public Optional<PhysicalFunction> physicalFunction(PciAddress address) {
        Path folder = folder(address);
        Path attribute = folder.resolve("sriov_totalvfs");
        // Of a thousand functions most are VFs, which have none; that costs no exception each.
        Optional<String> total = Files.exists(attribute) ? text(attribute) : Optional.empty();
        if (total.isEmpty()) {
            return Optional.empty();
        }
        return function(address)
                .map(function -> new PhysicalFunction(
                        function,
                        number(total, 0),
                        number(text(folder.resolve("sriov_numvfs")), 0),
                        number(text(folder.resolve("sriov_drivers_autoprobe")), 1) != 0,
                        serialNumber(folder),
                        virtualFunctions(address)));
    }

    /** The VFs of a PF by number; empty when it has none. */
    public List<VirtualFunction> virtualFunctions(PciAddress physicalFunction) {
        Path folder = folder(physicalFunction);
        List<VirtualFunction> functions = new ArrayList<>();
        Optional<PciFunction> sibling = Optional.empty();
        for (String entry : entries(folder)) {
            if (!VIRTUAL_FUNCTION_LINK.matcher(entry).matches()) {
                continue;
            }
            int index = Integer.parseInt(entry.substring(VIRTUAL_FUNCTION.length()));
            Optional<PciFunction> alike = sibling;
            Optional<PciFunction> function = linkName(folder.resolve(entry))
                    .filter(PciAddress::matches)
                    .map(PciAddress::parse)
                    .flatMap(address -> alike.isPresent() ? functionLike(alike.get(), address) : function(address));
            function.ifPresent(found -> functions.add(new VirtualFunction(index, physicalFunction, found)));
            sibling = function.or(() -> alike);
        }
        functions.sort(Comparator.comparingInt(VirtualFunction::index));
        return List.copyOf(functions);
    }

    /** The function at the address. */
    public Optional<PciFunction> function(PciAddress address) {
        Path folder = folder(address);
        Optional<String> vendor = text(folder.resolve("vendor"));
        if (vendor.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(function(
                address,
                new PciId(number(vendor, 0), number(text(folder.resolve("device")), 0)),
                new PciId(
                        number(text(folder.resolve("subsystem_vendor")), 0),
                        number(text(folder.resolve("subsystem_device")), 0)),
                number(text(folder.resolve("class")), 0),
                number(text(folder.resolve("numa_node")), -1)));
    }

    /**
     * A VF beside one that was read. The VFs of a PF have one vendor, device, subsystem and class (pci_read_vf_config_common in
     * drivers/pci/iov.c reads them of the first only) and are where their PF is, and a file of sysfs is not cheap to read a thousand times.
     */
    private Optional<PciFunction> functionLike(PciFunction sibling, PciAddress address) {
        PciFunction function =
                function(address, sibling.id(), sibling.subsystem(), sibling.classCode(), sibling.numaNode());
        // What has a group was there just now.
        return function.iommuGroup().isPresent() || Files.exists(folder(address))
                ? Optional.of(function)
                : Optional.empty();
    }

    private PciFunction function(PciAddress address, PciId id, PciId subsystem, int classCode, int numaNode) {
        Path folder = folder(address);
        return new PciFunction(
                address,
                id,
                subsystem,
                classCode,
                linkName(folder.resolve("driver")).orElse(""),
                numaNode,
                linkName(folder.resolve("iommu_group")).map(Integer::parseInt).orElse(-1),
                networkDevices(folder));
    }

    /** The PF of a VF; empty for a function that is none. */
    public Optional<PciAddress> physicalFunctionOf(PciAddress virtualFunction) {
        return linkName(folder(virtualFunction).resolve("physfn"))
                .filter(PciAddress::matches)
                .map(PciAddress::parse);
    }

    /** All functions of an IOMMU group, by address: they can be given away only together. */
    public List<PciAddress> iommuGroupMembers(int group) {
        return entries(root.resolve("kernel/iommu_groups/" + group + "/devices")).stream()
                .filter(PciAddress::matches)
                .map(PciAddress::parse)
                .sorted()
                .toList();
    }

    /** The function's folder below {@code bus/pci/devices}, whether or not it exists. */
    public Path folder(PciAddress address) {
        return devices.resolve(address.toString());
    }

    /** Where sysfs is. */
    public Path root() {
        return root;
    }

    private static List<PciNetworkDevice> networkDevices(Path function) {
        Path folder = function.resolve("net");
        return entries(folder).stream()
                .map(name -> {
                    Path device = folder.resolve(name);
                    return new PciNetworkDevice(
                            name,
                            text(device.resolve("address")).orElse(""),
                            number(text(device.resolve("dev_port")), 0),
                            text(device.resolve("phys_port_name")).orElse(""),
                            text(device.resolve("phys_switch_id")).orElse(""));
                })
                .sorted(Comparator.comparingInt(PciNetworkDevice::devicePort).thenComparing(PciNetworkDevice::name))
                .toList();
    }

    private static String serialNumber(Path function) {
        Path file = function.resolve("vpd");
        try {
            return new VitalProductData(Files.readAllBytes(file)).serialNumber().orElse("");
        } catch (IOException unreadable) {
            // Most cards have none, some answer with an error or only to root: no serial number is a normal case.
            return "";
        }
    }

    private static Optional<String> text(Path file) {
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.US_ASCII).strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (IOException absent) {
            // Absent, gone meanwhile, or EOPNOTSUPP, which drivers answer for attributes they do not have.
            return Optional.empty();
        }
    }

    private static int number(Optional<String> text, int otherwise) {
        return text.map(PciTree::decode).orElse(otherwise);
    }

    private static int decode(String text) {
        try {
            return Integer.decode(text);
        } catch (NumberFormatException notNumber) {
            throw new LinuxException(
                    "pci.malformed",
                    "sysfs shows \"" + text + "\" where a number belongs.",
                    "Report this together with the kernel's version (uname -r).",
                    notNumber);
        }
    }

    private static Optional<String> linkName(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link).getFileName().toString());
        } catch (IOException absent) {
            // No driver, no group, no PF; or gone meanwhile.
            return Optional.empty();
        }
    }

    private static List<String> entries(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException gone) {
            // It was there a moment ago: a function that is being removed.
            return List.of();
        }
    }
}
