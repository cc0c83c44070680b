package org.sluice.traffic.guest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What runs the guest's instructions. */
public enum Accelerator {
    /** The processor itself. */
    KVM("kvm", "host"),
    /** QEMU, by translating them: figures say nothing about hardware. */
    TCG("tcg", "max");

    private static final Path KVM_DEVICE = Path.of("/dev/kvm");

    private final String option;
    private final String processor;

    Accelerator(String option, String processor) {
        this.option = option;
        this.processor = processor;
    }

    /** Those to try on this machine, the best first. That /dev/kvm can be opened does not say that it works. */
    public static List<Accelerator> candidates() {
        return Files.isWritable(KVM_DEVICE) ? List.of(KVM, TCG) : List.of(TCG);
    }

    /** Of QEMU's {@code -accel}. */
    String option() {
        return option;
    }

    /** Of QEMU's {@code -cpu}. */
    String processor() {
        return processor;
    }
}
