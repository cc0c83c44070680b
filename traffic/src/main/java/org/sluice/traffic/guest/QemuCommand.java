package org.sluice.traffic.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** QEMU's command line for a machine. Its console is QEMU's standard output: text that arrives is an event, a growing file is none. */
final class QemuCommand {
    private static final byte[] QCOW2_MAGIC = {'Q', 'F', 'I', (byte) 0xFB};
    private static final Path VHOST = Path.of("/dev/vhost-net");

    private QemuCommand() {}

    static List<String> of(String program, MachineSpec spec, Accelerator accelerator) {
        List<String> words = new ArrayList<>(List.of(
                program,
                "-name",
                spec.name(),
                "-no-user-config",
                "-nodefaults",
                "-display",
                "none",
                "-no-reboot",
                "-rtc",
                "base=utc",
                "-machine",
                "q35",
                "-accel",
                accelerator.option(),
                "-cpu",
                accelerator.processor(),
                "-m",
                Integer.toString(spec.memoryMib()),
                "-smp",
                Integer.toString(spec.cpus()),
                "-chardev",
                "stdio,id=console,signal=off",
                "-serial",
                "chardev:console",
                "-drive",
                "if=none,id=root,snapshot=on,format=" + format(spec.image()) + ",file=" + escape(spec.image()),
                "-device",
                "virtio-blk-pci,drive=root,bootindex=0",
                "-drive",
                "if=none,id=seed,readonly=on,format=raw,file.driver=vvfat,file.label=" + RouterSeed.LABEL + ",file.dir="
                        + escape(spec.seed()),
                "-device",
                "virtio-blk-pci,drive=seed"));
        int number = 0;
        for (MachineSpec.Nic nic : spec.nics()) {
            switch (nic) {
                case MachineSpec.Nic.Tap tap -> {
                    String id = "net" + number;
                    words.addAll(List.of(
                            "-netdev",
                            "tap,id=" + id + ",ifname=" + tap.device() + ",script=no,downscript=no"
                                    + (Files.isWritable(VHOST) ? ",vhost=on" : ""),
                            "-device",
                            "virtio-net-pci,romfile=,netdev=" + id + ",mac=" + tap.mac()));
                }
                case MachineSpec.Nic.Function function ->
                    words.addAll(List.of("-device", "vfio-pci,rombar=0,host=" + function.address()));
            }
            number++;
        }
        return List.copyOf(words);
    }

    /** The namespace in which QEMU must run to find its taps. */
    static Optional<String> namespace(MachineSpec spec) {
        for (MachineSpec.Nic nic : spec.nics()) {
            if (nic instanceof MachineSpec.Nic.Tap tap) {
                return tap.namespace();
            }
        }
        return Optional.empty();
    }

    private static String format(Path image) {
        try (InputStream file = Files.newInputStream(image)) {
            return Arrays.equals(file.readNBytes(QCOW2_MAGIC.length), QCOW2_MAGIC) ? "qcow2" : "raw";
        } catch (IOException failure) {
            throw new UncheckedIOException("The disk image " + image + " cannot be read.", failure);
        }
    }

    /** In a list of options a comma is written twice. */
    private static String escape(Path path) {
        return path.toAbsolutePath().toString().replace(",", ",,");
    }
}
