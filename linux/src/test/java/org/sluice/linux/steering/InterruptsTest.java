package org.sluice.linux.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;
import org.sluice.linux.machine.CpuSet;
import org.sluice.linux.machine.FakeMachine;

class InterruptsTest {
    @TempDir
    private Path folder;

    private FakeMachine machine;
    private Interrupts interrupts;

    @BeforeEach
    void make() {
        machine = new FakeMachine(folder)
                .put("proc/interrupts", """
                                   CPU0       CPU1
                         16:          0          7   IO-APIC  16-fasteoi   eth7, uhci_hcd
                         25:         12          0  PCI-MSIX-0000:01:00.0   0-edge      pf0
                         26:          0     152749  PCI-MSIX-0000:01:00.0   1-edge      pf0-TxRx-0
                         27:          0          1  PCI-MSIX-0000:02:00.0   0-edge      pf00-TxRx-0
                         28:          0          0 PCI-MSIX-0000:00:03.0   1-edge      virtio2-input.0
                        NMI:          0          0   Non-maskable interrupts
                        ERR:          0""")
                .link("sys/class/net/pf0/device", "../../../devices/pci0000:00/0000:01:00.0")
                .put("sys/devices/pci0000:00/0000:01:00.0/msi_irqs/25", "msix")
                .put("sys/devices/pci0000:00/0000:01:00.0/msi_irqs/26", "msix")
                .put("sys/devices/pci0000:00/0000:01:00.0/msi_irqs/99", "msix")
                .link("sys/class/net/eth0/device", "../../../devices/pci0000:00/0000:00:03.0/virtio2")
                .put("sys/devices/pci0000:00/0000:00:03.0/virtio2/vendor", "0x1af4")
                .put("sys/devices/pci0000:00/0000:00:03.0/msi_irqs/28", "msix")
                .put("proc/irq/26/smp_affinity_list", "0-1")
                .put("proc/irq/28/smp_affinity_list", "1");
        interrupts = new Interrupts(folder, machine);
    }

    @Test
    void listsThoseWithANumber() {
        assertThat(interrupts.list()).extracting(Interrupt::number).containsExactly(16, 25, 26, 27, 28);
        assertThat(interrupts.list().get(2))
                .isEqualTo(new Interrupt(26, "PCI-MSIX-0000:01:00.0   1-edge      pf0-TxRx-0"));
    }

    @Test
    void knowsThoseOfADeviceByItsBusDevice() {
        assertThat(interrupts.of("pf0")).extracting(Interrupt::number).containsExactly(25, 26);
        assertThat(interrupts.of("eth0"))
                .as("one floor up from a virtio device")
                .extracting(Interrupt::number)
                .containsExactly(28);
    }

    @Test
    void knowsThoseOfADeviceByNameWhereTheBusSaysNothing() {
        assertThat(interrupts.of("eth7")).extracting(Interrupt::number).containsExactly(16);
        assertThat(interrupts.of("pf00")).extracting(Interrupt::number).containsExactly(27);
        assertThat(interrupts.of("veth0")).isEmpty();
    }

    @Test
    void sendsAnInterruptToOtherCpus() {
        assertThat(interrupts.affinity(26)).contains(CpuSet.of(0, 1));
        interrupts.setAffinity(26, CpuSet.of(1));
        assertThat(interrupts.affinity(26)).contains(CpuSet.of(1));

        assertThat(interrupts.affinity(25)).isEmpty();
        machine.refuse("proc/irq/28/smp_affinity_list", Errno.EIO);
        assertThatThrownBy(() -> interrupts.setAffinity(28, CpuSet.of(0)))
                .isInstanceOfSatisfying(
                        SystemCallException.class,
                        refusal -> assertThat(refusal.errno()).isEqualTo(Errno.EIO));
    }
}
