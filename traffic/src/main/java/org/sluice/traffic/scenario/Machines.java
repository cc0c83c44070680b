package org.sluice.traffic.scenario;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sluice.linux.LinuxException;
import org.sluice.traffic.machine.Accelerator;
import org.sluice.traffic.machine.MachineSpec;
import org.sluice.traffic.machine.VirtualMachine;

/** Starts virtual machines by the best means that work here, and waits until they route. */
final class Machines {
    private Machines() {}

    /**
     * Machines that route.
     *
     * @param emulated whether QEMU translates their instructions
     * @param notes how they are run, one sentence each
     */
    record Running(boolean emulated, List<String> notes) {
        Running {
            notes = List.copyOf(notes);
        }
    }

    /** Starts all and waits for all. When KVM does not run the image, QEMU translates. */
    static Running start(Site site, List<MachineSpec> specs) throws InterruptedException {
        List<String> notes = new ArrayList<>();
        List<Accelerator> candidates = Accelerator.candidates();
        for (Accelerator accelerator : candidates.subList(0, candidates.size() - 1)) {
            try {
                await(site, specs, accelerator);
                return running(accelerator, specs, notes);
            } catch (LinuxException failure) {
                notes.add(accelerator + " was tried first and failed: " + failure.sentence());
            }
        }
        await(site, specs, candidates.getLast());
        return running(candidates.getLast(), specs, notes);
    }

    private static void await(Site site, List<MachineSpec> specs, Accelerator accelerator) throws InterruptedException {
        List<VirtualMachine> started = new ArrayList<>();
        try {
            for (MachineSpec spec : specs) {
                started.add(site.start(spec, accelerator));
            }
            for (VirtualMachine machine : started) {
                machine.awaitReady(site.ground().options().bootLimit());
            }
        } catch (LinuxException failure) {
            started.forEach(VirtualMachine::close);
            throw failure;
        }
    }

    private static Running running(Accelerator accelerator, List<MachineSpec> specs, List<String> notes) {
        MachineSpec first = specs.getFirst();
        notes.add(switch (accelerator) {
                    case KVM -> "Virtual machines run under KVM, each with ";
                    case TCG ->
                        "QEMU translates the instructions of virtual machines (TCG), so the figures say nothing about hardware;"
                                + " each has ";
                }
                + first.cpus() + " processor(s) and " + first.memoryMib() + " MiB.");
        boolean hasTaps = first.nics().stream().anyMatch(nic -> nic instanceof MachineSpec.Nic.Tap);
        if (hasTaps) {
            notes.add(
                    Files.isWritable(Path.of("/dev/vhost-net"))
                            ? "The kernel (vhost-net) moves frames between taps and virtual machines."
                            : "QEMU itself moves frames between taps and virtual machines, since there is no /dev/vhost-net.");
        }
        return new Running(accelerator == Accelerator.TCG, notes);
    }
}
