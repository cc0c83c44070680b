package org.sluice.linux.steering;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sluice.linux.kernel.AttributeFiles;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.machine.CpuSet;

/**
 * The machine's interrupts and the CPUs they go to. Thread-safe.
 *
 * @see <a href="https://docs.kernel.org/core-api/irq/irq-affinity.html">SMP IRQ affinity</a>
 */
public final class Interrupts {
    private static final Pattern LINE = Pattern.compile("\\s*(\\d+):((?:\\s+\\d+)+)\\s+(\\S.*)");

    private final Path root;
    private final AttributeWriter writer;

    /** Those of the machine this runs on. */
    public Interrupts() {
        this(Path.of("/"), AttributeWriter.kernel());
    }

    /**
     * @param root the folder that holds {@code proc} and {@code sys}
     * @param writer how the files are written
     */
    public Interrupts(Path root, AttributeWriter writer) {
        this.root = requireNonNull(root, "root is null");
        this.writer = requireNonNull(writer, "writer is null");
    }

    /** {@code cat /proc/interrupts}: those with a number that somebody waits for, in order. */
    public List<Interrupt> list() {
        List<Interrupt> interrupts = new ArrayList<>();
        AttributeFiles.text(root.resolve("proc/interrupts"))
                .ifPresent(text -> text.lines()
                        .map(LINE::matcher)
                        .filter(Matcher::matches)
                        .map(line -> new Interrupt(
                                Integer.parseInt(line.group(1)), line.group(3).strip()))
                        .forEach(interrupts::add));
        return List.copyOf(interrupts);
    }

    /**
     * Those of a network device: the message-signalled ones of its bus device ({@code ls /sys/class/net/NAME/device/msi_irqs})
     * that somebody waits for, or else those whose text names the device. Empty for a device without hardware.
     *
     * <p>Read it where {@code sys} shows the device's own namespace
     * ({@link org.sluice.linux.namespace.NetworkNamespace#callWithSysfs}).
     */
    public List<Interrupt> of(String device) {
        Set<Integer> signalled = messageSignalled(device);
        Pattern named = Pattern.compile("(?:.*[\\s,@:])?" + Pattern.quote(device) + "(?:[-,:@.\\s].*)?");
        return list().stream()
                .filter(interrupt -> signalled.isEmpty()
                        ? named.matcher(interrupt.description()).matches()
                        : signalled.contains(interrupt.number()))
                .toList();
    }

    /** {@code cat /proc/irq/NUMBER/smp_affinity_list}; empty when there is no such interrupt. */
    public Optional<CpuSet> affinity(int number) {
        return AttributeFiles.text(affinityFile(number)).map(CpuSet::parseList);
    }

    /**
     * {@code echo CPUS > /proc/irq/NUMBER/smp_affinity_list}.
     *
     * @throws org.sluice.linux.kernel.SystemCallException EIO for an interrupt whose driver keeps its CPUs to itself; EINVAL
     *     when none of the CPUs is online
     */
    public void setAffinity(int number, CpuSet cpus) {
        writer.write(affinityFile(number), cpus.toList());
    }

    private Path affinityFile(int number) {
        return root.resolve("proc/irq/" + number + "/smp_affinity_list");
    }

    private Set<Integer> messageSignalled(String device) {
        Path bus;
        try {
            bus = root.resolve("sys/class/net/" + device + "/device").toRealPath();
        } catch (IOException noHardware) {
            // Virtual devices have no bus device.
            return Set.of();
        }
        // A virtio device has its interrupts one floor up, where the PCI function is.
        Path holder = bus.getFileName().toString().startsWith("virtio")
                ? bus.resolveSibling("msi_irqs")
                : bus.resolve("msi_irqs");
        return AttributeFiles.entries(holder).stream().map(Integer::valueOf).collect(Collectors.toUnmodifiableSet());
    }
}
