package org.sluice.traffic.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.LinuxException;

/** What QEMU and its guest say on the console, said by a program that says it. */
final class VirtualMachineTest {
    private static final Duration LONGER_THAN_THE_TEST = Duration.ofMinutes(10);

    @TempDir
    private Path directory;

    private VirtualMachine saying(String... lines) throws IOException {
        Path program = Files.createFile(
                directory.resolve("qemu"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(program, "#!/bin/sh\ncat <<'END'\n" + String.join("\n", lines) + "\nEND\nexec sleep 600\n");
        return VirtualMachine.start(
                program.toString(),
                new MachineSpec(
                        "sluice-vm", Files.createFile(directory.resolve("image")), directory, 256, 1, List.of()),
                Accelerator.KVM);
    }

    /** As QEMU says it, which then stays without running anything. */
    @Test
    void aMachineThatKvmStopsHasNotSpokenAndIsNotWaitedFor() throws IOException {
        try (VirtualMachine machine = saying(
                "KVM internal error. Suberror: 1",
                "extra data[0]: 0x0000000000000001",
                "emulation failure",
                "EAX=001000cc EBX=3e896766 ECX=00000000 EDX=00100037")) {
            assertThatThrownBy(() -> machine.awaitReady(LONGER_THAN_THE_TEST))
                    .isInstanceOf(LinuxException.class)
                    .hasMessageContaining("sluice-vm was stopped by KVM")
                    .hasMessageContaining("KVM internal error. Suberror: 1");
            assertThat(machine.hasSpoken()).isFalse();
        }
    }

    @Test
    void aMachineIsReadyWhenItsGuestSaysSo() throws Exception {
        try (VirtualMachine machine = saying("SeaBIOS", RouterSeed.READY + "sluice-vm")) {
            machine.awaitReady(LONGER_THAN_THE_TEST);
            assertThat(machine.hasSpoken()).isTrue();
        }
    }
}
