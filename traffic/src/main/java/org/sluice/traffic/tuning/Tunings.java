package org.sluice.traffic.tuning;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.ethtool.Offload;
import org.sluice.linux.ethtool.Rings;
import org.sluice.linux.machine.CpuSet;
import org.sluice.linux.steering.Interrupt;
import org.sluice.traffic.machine.Device;
import org.sluice.traffic.machine.FactsReader;
import org.sluice.traffic.machine.Host;
import org.sluice.traffic.machine.InterfaceFacts;
import org.sluice.traffic.machine.Nature;

/** Lists of changes for a purpose. They only read. */
public final class Tunings {
    /** Beyond it rings no longer fit into the caches, and a burst waits longer than it helps. */
    private static final int LARGEST_RING = 4096;

    private Tunings() {}

    /**
     * What people set by hand on a machine that forwards packets: larger rings, no joining and cutting of segments, a queue discipline
     * that costs nothing, interrupts and received packets on the given CPUs, and these at full speed.
     *
     * @param devices those that packets arrive and leave on
     * @param cpus those that shall do the work, one at least
     * @throws org.sluice.linux.LinuxException codes {@code link.missing}, {@code namespace.missing} and {@code namespace.sysfs}
     */
    public static List<Wish> forForwarding(Host host, List<Device> devices, CpuSet cpus) {
        if (cpus.cpus().isEmpty()) {
            throw new IllegalArgumentException("Forwarding needs one CPU at least.");
        }
        List<Wish> wishes = new ArrayList<>();
        for (Device device : devices) {
            forDevice(host, device, cpus, wishes);
        }
        for (int cpu : cpus.cpus()) {
            wishes.add(new Wish(new Governor(cpu), Governor.PERFORMANCE));
        }
        return List.copyOf(wishes);
    }

    private static void forDevice(Host host, Device device, CpuSet cpus, List<Wish> wishes) {
        InterfaceFacts facts = new FactsReader(host).device(device);
        Queues queues = host.withSysfsOf(
                device.place(),
                () -> new Queues(
                        host.queues().receiveQueues(device.name()),
                        host.queues().transmitQueues(device.name()),
                        host.interrupts().of(device.name())));
        // Rings come first: drivers make their queues anew for them, and forget affinities with the old ones.
        wishes.add(new Wish(new RingSizes(device), rings(facts.rings())));
        for (Offload offload : Offload.values()) {
            for (String feature : offload.features()) {
                wishes.add(new Wish(new OffloadFeature(device, feature), OffloadFeature.OFF));
            }
        }
        queueDiscipline(facts.nature(), queues.transmit())
                .ifPresent(kind -> wishes.add(new Wish(new QueueDiscipline(device), kind)));
        for (int i = 0; i < queues.interrupts().size(); i++) {
            CpuSet one = CpuSet.of(cpus.cpus().get(i % cpus.cpus().size()));
            wishes.add(new Wish(
                    new InterruptAffinity(device, queues.interrupts().get(i).number()), InterruptAffinity.value(one)));
        }
        // Where each CPU has a hardware queue, the interrupts spread the work already, and spreading again costs.
        boolean spread = !queues.interrupts().isEmpty()
                && queues.receive() >= cpus.cpus().size();
        for (int queue = 0; queue < queues.receive(); queue++) {
            wishes.add(
                    new Wish(new ReceiveSteering(device, queue), ReceiveSteering.value(spread ? CpuSet.NONE : cpus)));
        }
    }

    /** A device without rings is asked all the same, so that its refusal is on record. */
    private static String rings(Optional<Rings> rings) {
        return rings.map(now -> RingSizes.value(
                        Math.max(now.receive(), Math.min(now.receiveMaximum(), LARGEST_RING)),
                        Math.max(now.transmit(), Math.min(now.transmitMaximum(), LARGEST_RING))))
                .orElse(RingSizes.value(LARGEST_RING, LARGEST_RING));
    }

    /**
     * A virtual device needs no queue. A card does, since one without drops what its ring has no room for; with several transmit
     * queues the kernel's own choice (mq) has no lock in common, and is left.
     */
    private static Optional<String> queueDiscipline(Nature nature, int transmitQueues) {
        if (nature == Nature.VIRTUAL) {
            return Optional.of("noqueue");
        }
        return transmitQueues > 1 ? Optional.empty() : Optional.of("pfifo");
    }

    private record Queues(int receive, int transmit, List<Interrupt> interrupts) {}
}
