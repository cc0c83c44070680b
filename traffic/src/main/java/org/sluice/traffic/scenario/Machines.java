package org.sluice.traffic.scenario;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sluice.linux.LinuxException;
import org.sluice.traffic.guest.Accelerator;
import org.sluice.traffic.guest.MachineSpec;
import org.sluice.traffic.guest.RouterNic;
import org.sluice.traffic.guest.RouterSeed;
import org.sluice.traffic.guest.VirtualMachine;

/** The virtual machines of a path: started all at once, and waited for until they route. For one thread at a time. */
final class Machines {
    private static final String QEMU = "qemu-system-x86_64";
    private static final int CPUS = 1;

    private final Site site;
    private final MachineOptions options;
    private final List<MachineSpec> specs = new ArrayList<>();
    private final List<Accelerator> accelerators = Accelerator.candidates();
    private final List<VirtualMachine> running = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private boolean emulated;

    Machines(Site site, MachineOptions options) {
        this.site = site;
        this.options = options;
    }

    /** Why none can be run here, whatever its cards are; empty when some can. */
    static Optional<String> unavailable(MachineOptions options) {
        if (!isProgram(QEMU)) {
            return Optional.of("There is no program " + QEMU
                    + " to run virtual machines; install QEMU (on Debian the package qemu-system-x86).");
        }
        if (options.image().isEmpty()) {
            return Optional.of(
                    "No disk image for virtual machines was named; name one that runs cloud-init (--image FILE).");
        }
        Path image = options.image().orElseThrow();
        return Files.isReadable(image) && Files.isRegularFile(image)
                ? Optional.empty()
                : Optional.of("The disk image " + image + " cannot be read; name one that can (--image FILE).");
    }

    private static boolean isProgram(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Arrays.stream(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    /**
     * Writes the config drive of a virtual machine.
     *
     * @param role in the site's plan
     * @param nics its cards as the hypervisor gives them to it
     * @param routes what it does with them
     */
    void prepare(String role, List<MachineSpec.Nic> nics, List<RouterNic> routes) {
        String name = site.machine(role);
        Path seed = site.folder(role);
        RouterSeed.write(seed, name, routes);
        specs.add(new MachineSpec(name, options.image().orElseThrow(), seed, options.memoryMib(), CPUS, nics));
    }

    /** Starts all that were prepared, by the best means that there are; they are still to boot. */
    void start() {
        start(accelerators.getFirst());
    }

    private void start(Accelerator accelerator) {
        specs.forEach(spec -> running.add(site.start(QEMU, spec, accelerator)));
    }

    /**
     * Waits for all. Where KVM runs none of them, not to their first word, QEMU translates.
     *
     * @throws LinuxException code {@code machine.failed}
     */
    void awaitReady() throws InterruptedException {
        for (Accelerator accelerator : accelerators) {
            if (running.isEmpty()) {
                start(accelerator);
            }
            try {
                for (VirtualMachine machine : running) {
                    machine.awaitReady(options.bootLimit());
                }
                describe(accelerator);
                return;
            } catch (LinuxException failure) {
                boolean works = running.stream().anyMatch(VirtualMachine::hasSpoken);
                running.forEach(VirtualMachine::close);
                running.clear();
                if (works || accelerator == accelerators.getLast()) {
                    throw failure;
                }
                notes.add(accelerator + " was tried first and failed: " + failure.sentence());
            }
        }
    }

    private void describe(Accelerator accelerator) {
        emulated = accelerator == Accelerator.TCG;
        notes.add(switch (accelerator) {
                    case KVM -> "Virtual machines run under KVM, each with ";
                    case TCG ->
                        "QEMU translates the instructions of virtual machines (TCG), so the figures say nothing about"
                                + " hardware; each has ";
                }
                + (CPUS == 1 ? "one processor" : CPUS + " processors") + " and " + options.memoryMib() + " MiB.");
        boolean hasTaps = specs.stream()
                .flatMap(spec -> spec.nics().stream())
                .anyMatch(nic -> nic instanceof MachineSpec.Nic.Tap);
        if (hasTaps) {
            notes.add(
                    Files.isWritable(Path.of("/dev/vhost-net"))
                            ? "The kernel (vhost-net) moves frames between taps and virtual machines."
                            : "QEMU itself moves frames between taps and virtual machines, since there is no"
                                    + " /dev/vhost-net.");
        }
    }

    /** Whether QEMU translates their instructions. */
    boolean emulated() {
        return emulated;
    }

    /** How they are run, one sentence each. */
    List<String> notes() {
        return List.copyOf(notes);
    }
}
