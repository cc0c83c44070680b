package org.sluice.agent.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.agent.journal.DurableDirectory;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.LinkKind;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.VfAttribute;
import org.sluice.linux.net.VirtualFunctionInfo;
import org.sluice.linux.pci.PciTree;
import org.sluice.linux.pci.SriovControl;
import org.sluice.linux.vfio.VfioBinder;

/** How long a look at a host with very many VFs takes, on a tree of files like sysfs; {@code bench/agent} runs it. */
@EnabledIfSystemProperty(
        named = "sluice.bench.agent",
        matches = "\\d+",
        disabledReason = "a benchmark; bench/agent runs it")
class InventoryBenchmark {
    private static final int CARDS = 8;
    private static final int VFS = 128;
    private static final int ROUNDS = 100;

    @TempDir
    Path directory;

    private final AtomicInteger messages = new AtomicInteger();
    private Path sysfs;

    @BeforeEach
    void makeTree() {
        sysfs = directory.resolve("sysfs");
    }

    @Test
    void aLookAtEightCardsWith128VfsEach() throws IOException {
        for (int card = 0; card < CARDS; card++) {
            card(card);
        }
        PciTree tree = new PciTree(sysfs);
        LinuxVirtualFunctions functions = new LinuxVirtualFunctions(
                new CountingLinks(),
                tree,
                new VfioBinder(tree, AttributeWriter.kernel(), Duration.ofSeconds(5)),
                new SriovControl(tree, AttributeWriter.kernel(), Duration.ofSeconds(5)),
                new DurableDirectory(directory.resolve("cards")));
        for (int round = 0; round < ROUNDS; round++) {
            assertThat(functions.physicalFunctions()).hasSize(CARDS);
        }
        messages.set(0);
        long[] nanos = new long[ROUNDS];
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int round = 0; round < ROUNDS; round++) {
            long begun = System.nanoTime();
            assertThat(functions.physicalFunctions().getLast().virtualFunctions())
                    .hasSize(VFS);
            nanos[round] = System.nanoTime() - begun;
        }
        cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
        Arrays.sort(nanos);
        System.out.printf(
                "inventory of %d x %d VFs: p50 %.1f ms, processor time %.1f ms, netlink messages a card %.1f%n",
                CARDS, VFS, nanos[ROUNDS / 2] / 1e6, cpu / 1e6 / ROUNDS, (double) messages.get() / ROUNDS / CARDS);
    }

    private void card(int number) throws IOException {
        String address = "0000:%02x:00.0".formatted(number + 1);
        Path card = function(address, "0x1017", "mlx5_core");
        write(card, "sriov_totalvfs", "" + VFS);
        write(card, "sriov_numvfs", "" + VFS);
        write(card, "sriov_drivers_autoprobe", "0");
        Path netdev = Files.createDirectories(card.resolve("net/eth" + number));
        write(netdev, "address", "52:54:00:00:00:0" + number);
        write(netdev, "dev_port", "0");
        for (int index = 0; index < VFS; index++) {
            String own = "0000:%02x:%02x.%d".formatted(number + 1, 1 + index / 8, index % 8);
            Path function = function(own, "0x1018", "vfio-pci");
            Files.createSymbolicLink(card.resolve("virtfn" + index), function);
            Path group = Files.createDirectories(sysfs.resolve("kernel/iommu_groups/" + (number * VFS + index)));
            Files.createSymbolicLink(function.resolve("iommu_group"), group);
        }
    }

    private Path function(String address, String device, String driver) throws IOException {
        Path folder = Files.createDirectories(sysfs.resolve("bus/pci/devices").resolve(address));
        write(folder, "vendor", "0x15b3");
        write(folder, "device", device);
        write(folder, "subsystem_vendor", "0x15b3");
        write(folder, "subsystem_device", "0x0002");
        write(folder, "class", "0x020000");
        write(folder, "numa_node", "0");
        Path drivers = Files.createDirectories(sysfs.resolve("bus/pci/drivers").resolve(driver));
        Files.createSymbolicLink(folder.resolve("driver"), drivers);
        return folder;
    }

    private static void write(Path folder, String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text + "\n");
    }

    private final class CountingLinks implements PortLinks {
        @Override
        public Optional<Link> find(String port) {
            messages.incrementAndGet();
            MacAddress mac = MacAddress.parse("52:54:00:00:00:0" + port.charAt(3));
            return Optional.of(new Link(
                    2,
                    port,
                    List.of(),
                    new LinkKind.Hardware(),
                    mac,
                    mac,
                    1500,
                    0,
                    0,
                    true,
                    true,
                    0,
                    0,
                    "pci",
                    "",
                    "",
                    VFS,
                    List.of()));
        }

        @Override
        public List<VirtualFunctionInfo> virtualFunctions(String port) {
            messages.incrementAndGet();
            return List.of();
        }

        @Override
        public void setVf(String port, int index, VfAttribute attribute) {
            throw new AssertionError("A look changes nothing.");
        }

        @Override
        public void setUp(String port) {
            throw new AssertionError("A look changes nothing.");
        }

        @Override
        public void setMtu(String port, int bytes) {
            throw new AssertionError("A look changes nothing.");
        }

        @Override
        public String firmware(String port) {
            return "";
        }
    }
}
