package org.sluice.agent.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.sluice.agent.Samples;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.agent.journal.Journal;
import org.sluice.agent.step.Patience;
import org.sluice.agent.step.Step;
import org.sluice.agent.step.StepObserver;
import org.sluice.linux.LinuxException;
import org.sluice.linux.ethtool.Ethtool;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.VfAttribute;
import org.sluice.linux.net.VfLinkState;
import org.sluice.linux.net.VlanProtocol;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.pci.SriovControl;
import org.sluice.linux.vfio.VfioBinder;
import org.sluice.model.protocol.DesiredInterface.Direct;
import org.sluice.model.protocol.DesiredInterface.DirectAttributes;
import org.sluice.model.protocol.PhysicalFunction;

/**
 * Programs one VF of a real card over and over, by the agent's transaction and by nothing but the same settings and readings in a row, in
 * turns. {@code bench/virtual-function} runs it on a host whose VF nobody has; it leaves the VF neutral.
 */
final class VirtualFunctionBenchmark {
    private static final Duration BOUND = Duration.ofSeconds(10);

    /** Steps of files and processes, which are no part of a tuple. */
    private static final Set<String> OTHERS = Set.of("PF up", "driver off", "vfio-pci");

    private final Links links;
    private final String netdev;
    private final Direct nic;
    private final List<Step> steps;
    private final Set<Class<?>> refused = new HashSet<>();

    private VirtualFunctionBenchmark(Links links, Ethtool ethtool, String netdev, int index, Path directory) {
        this.links = links;
        this.netdev = netdev;
        PciTree tree = new PciTree(Path.of("/sys"));
        LinuxVirtualFunctions functions = new LinuxVirtualFunctions(
                links,
                ethtool,
                tree,
                new VfioBinder(tree, AttributeWriter.kernel(), BOUND),
                new SriovControl(tree, AttributeWriter.kernel(), BOUND),
                new DurableDirectory(directory.resolve("cards")));
        PhysicalFunction port = functions.physicalFunctions().stream()
                .filter(each -> each.name().equals(netdev))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(netdev + " is no netdev of a PF here."));
        Journal journal = new Journal(directory.resolve("journal"), StepObserver.NONE);
        VirtualFunctionTransaction transaction = new VirtualFunctionTransaction(
                functions,
                new Capabilities(
                        new DurableDirectory(directory.resolve("capabilities")),
                        System.getProperty("os.version"),
                        functions,
                        InstantSource.system()),
                journal.leases(),
                new PhysicalFunctionSetup(functions, journal.leases()),
                Patience.WITH_A_FUNCTION,
                StepObserver.NONE,
                new Random(1));
        this.nic = Samples.direct(port.key(), index, 1, new DirectAttributes(0, true, false, 0, 0));
        List<Step> before = transaction.beforeDomain(nic).stream()
                .filter(step -> OTHERS.stream().noneMatch(step.name()::endsWith))
                .toList();
        this.steps = Stream.concat(before.stream(), Stream.of(transaction.afterDomain(nic)))
                .toList();
    }

    /** @param arguments the PF's netdev, the VF's number, how many rounds */
    public static void main(String[] arguments) throws IOException {
        int index = Integer.parseInt(arguments[1]);
        int rounds = Integer.parseInt(arguments[2]);
        Path directory = Files.createTempDirectory("vf-bench");
        try (Links links = Links.open();
                Ethtool ethtool = Ethtool.open()) {
            new VirtualFunctionBenchmark(links, ethtool, arguments[0], index, directory).compare(rounds);
        }
    }

    private void compare(int rounds) {
        long[] ours = new long[rounds];
        long[] raw = new long[rounds];
        // As many again before them, for the JVM to compile it.
        for (int round = -rounds; round < rounds; round++) {
            neutral();
            long begun = System.nanoTime();
            steps.forEach(step -> step.apply().run());
            long between = System.nanoTime();
            neutral();
            long again = System.nanoTime();
            inARow();
            long end = System.nanoTime();
            if (round >= 0) {
                ours[round] = between - begun;
                raw[round] = end - again;
            }
        }
        neutral();
        Arrays.sort(ours);
        Arrays.sort(raw);
        System.out.printf(
                "one VF's tuple, median of %d: transaction %.1f us, the same calls in a row %.1f us, ratio %.2f%n",
                rounds, ours[rounds / 2] / 1e3, raw[rounds / 2] / 1e3, (double) ours[rounds / 2] / raw[rounds / 2]);
    }

    /** What {@code ip} would do: set, and read what was set. */
    private void inARow() {
        set(new VfAttribute.LinkState(VfLinkState.DISABLE));
        set(new VfAttribute.SpoofCheck(false));
        set(new VfAttribute.Trust(false));
        set(new VfAttribute.Vlan(nic.vlan(), 0, VlanProtocol.DOT1Q));
        set(new VfAttribute.Mac(MacAddress.parse(nic.mac().toString())));
        read();
        set(new VfAttribute.TxRate(0, 0));
        set(new VfAttribute.SpoofCheck(true));
        read();
        set(new VfAttribute.LinkState(VfLinkState.AUTO));
        read();
    }

    private void neutral() {
        set(new VfAttribute.Vlan(0, 0, VlanProtocol.DOT1Q));
        set(new VfAttribute.Mac(MacAddress.ZERO));
    }

    private void set(VfAttribute attribute) {
        if (refused.contains(attribute.getClass())) {
            return;
        }
        try {
            links.setVf(netdev, nic.lease().index(), attribute);
        } catch (LinuxException unsupported) {
            // The transaction learns it in its first round and leaves it out from then on; so does this one.
            System.out.println(unsupported.sentence());
            refused.add(attribute.getClass());
        }
    }

    private void read() {
        if (links.virtualFunctions(netdev).stream()
                .noneMatch(info -> info.index() == nic.lease().index())) {
            throw new IllegalStateException("The VF is not in the list.");
        }
    }
}
