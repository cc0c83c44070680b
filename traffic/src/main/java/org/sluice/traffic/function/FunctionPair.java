package org.sluice.traffic.function;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.sluice.linux.LinuxException;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.pci.PhysicalFunction;
import org.sluice.linux.pci.VirtualFunction;
import org.sluice.traffic.engine.PortName;
import org.sluice.traffic.engine.Stream;
import org.sluice.traffic.frame.FrameSpec;

/**
 * Two free VFs of one PF, each in a namespace of its own: a path through the card's own switch. Closing gives everything back. For
 * one thread.
 */
public final class FunctionPair implements AutoCloseable {
    /** Locally administered, unicast. */
    private static final long LOCAL = 0x02L << 40;

    private final List<String> namespaces = new ArrayList<>();
    private final List<BorrowedFunction> functions = new ArrayList<>();
    private final List<MacAddress> macs = new ArrayList<>();
    private final String physicalFunction;

    private FunctionPair(String physicalFunction) {
        this.physicalFunction = physicalFunction;
    }

    /**
     * Takes the two free VFs with the highest numbers: those that a scheduler would take last.
     *
     * @param physicalFunction the network device of the PF
     * @param leased numbers of VFs that belong to somebody though nothing on the machine shows it yet
     * @param random for addresses and names
     * @throws LinuxException code {@code vf.none-free} when there are fewer than two, or as {@link BorrowedFunction#take}
     */
    public static FunctionPair take(String physicalFunction, Set<Integer> leased, RandomGenerator random) {
        List<VirtualFunction> free = free(physicalFunction, leased);
        if (free.size() < 2) {
            throw new LinuxException(
                    "vf.none-free",
                    "The PF " + physicalFunction + " has " + free.size()
                            + " free VFs; two are needed for a path from one to the other.",
                    "Make more VFs (sriov_numvfs), or measure when fewer of them are in use.");
        }
        FunctionPair pair = new FunctionPair(physicalFunction);
        try {
            pair.take(free.get(free.size() - 1), random);
            pair.take(free.get(free.size() - 2), random);
            return pair;
        } catch (RuntimeException | Error failure) {
            try {
                pair.close();
            } catch (RuntimeException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    /** Those without a driver and not leased, by number. */
    static List<VirtualFunction> free(String physicalFunction, Set<Integer> leased) {
        return physicalFunction(physicalFunction).virtualFunctions().stream()
                .filter(function -> function.function().driver().isEmpty())
                .filter(function -> !leased.contains(function.index()))
                .toList();
    }

    /**
     * The PF with this network device.
     *
     * @throws LinuxException code {@code pf.missing}
     */
    public static PhysicalFunction physicalFunction(String device) {
        return new PciTree()
                .physicalFunctions().stream()
                        .filter(function -> function.function()
                                .networkDevice()
                                .filter(found -> found.name().equals(device))
                                .isPresent())
                        .findFirst()
                        .orElseThrow(() -> new LinuxException(
                                "pf.missing",
                                "There is no SR-IOV card with the network device " + device + " on this machine.",
                                "Look at what there is (ls /sys/class/net/*/device/sriov_numvfs)."));
    }

    private void take(VirtualFunction function, RandomGenerator random) {
        byte[] suffix = new byte[4];
        random.nextBytes(suffix);
        String name = "sluice-vf-" + HexFormat.of().formatHex(suffix);
        MacAddress mac = new MacAddress(LOCAL | random.nextLong(1L << 40));
        try (NetworkNamespace namespace = NetworkNamespace.create(name)) {
            namespaces.add(name);
            functions.add(BorrowedFunction.take(physicalFunction, function, namespace, mac));
            macs.add(mac);
        }
    }

    /** From the one VF to the other. */
    public Stream stream() {
        return new Stream(
                port(0),
                port(1),
                FrameSpec.of(macs.get(0), macs.get(1), address("198.18.0.1"), address("198.18.0.2")),
                Stream.Device.BRIDGE);
    }

    private PortName port(int number) {
        return new PortName(functions.get(number).device(), Optional.of(namespaces.get(number)));
    }

    /** The driver of the VFs. */
    public String driver() {
        return functions.getFirst().driver();
    }

    /** Numbers of the two VFs. */
    public List<Integer> indices() {
        return functions.stream().map(BorrowedFunction::index).toList();
    }

    /** The PCI address of the PF. */
    public PciAddress address() {
        return physicalFunction(physicalFunction).address();
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("An address in numbers needs no look-up.", impossible);
        }
    }

    @Override
    public void close() {
        RuntimeException first = null;
        for (BorrowedFunction function : functions.reversed()) {
            try {
                function.close();
            } catch (RuntimeException failure) {
                if (first == null) {
                    first = failure;
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        functions.clear();
        namespaces.forEach(NetworkNamespace::delete);
        namespaces.clear();
        if (first != null) {
            throw first;
        }
    }
}
