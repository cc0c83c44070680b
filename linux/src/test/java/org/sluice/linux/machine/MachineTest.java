package org.sluice.linux.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.kernel.SystemCallException;

class MachineTest {
    @TempDir
    private Path folder;

    private FakeMachine fake;
    private Machine machine;

    @BeforeEach
    void make() {
        fake = new FakeMachine(folder);
        machine = new Machine(folder, fake);
    }

    @Test
    void readsWhatTheKernelSays() {
        fake.put("proc/sys/kernel/osrelease", "6.12.43")
                .put("proc/sys/kernel/version", "#1 SMP Debian")
                .put("proc/sys/kernel/random/boot_id", "60950729-cbe8-49f0-ac48-1e8291fb3fa1")
                .put("proc/cmdline", "quiet isolcpus=2-3")
                .put("proc/cpuinfo", """
                        processor\t: 0
                        model name\t: AMD EPYC 9554
                        flags\t\t: fpu hypervisor lm

                        processor\t: 1
                        model name\t: another""")
                .put("proc/meminfo", "MemTotal:       24576 kB\nMemFree:        1 kB")
                .put("sys/devices/system/cpu/online", "0-3")
                .put("sys/devices/system/cpu/isolated", "2-3")
                .put("sys/devices/system/cpu/vulnerabilities/meltdown", "Not affected")
                .put("sys/devices/system/cpu/vulnerabilities/spectre_v2", "Mitigation: Retpolines")
                .put("sys/class/dmi/id/sys_vendor", "QEMU")
                .put("sys/class/dmi/id/product_name", "Standard PC (Q35 + ICH9, 2009)")
                .put("sys/class/dmi/id/bios_version", "1.16.2");

        assertThat(machine.kernelRelease()).contains("6.12.43");
        assertThat(machine.kernelVersion()).contains("#1 SMP Debian");
        assertThat(machine.bootId()).contains("60950729-cbe8-49f0-ac48-1e8291fb3fa1");
        assertThat(machine.commandLine()).contains("quiet isolcpus=2-3");
        assertThat(machine.cpuModel()).contains("AMD EPYC 9554");
        assertThat(machine.hypervisorFlag()).contains(true);
        assertThat(machine.memory()).hasValue(24576L * 1024);
        assertThat(machine.onlineCpus()).isEqualTo(CpuSet.of(0, 1, 2, 3));
        assertThat(machine.isolatedCpus()).isEqualTo(CpuSet.of(2, 3));
        assertThat(machine.vulnerabilities())
                .isEqualTo(Map.of("meltdown", "Not affected", "spectre_v2", "Mitigation: Retpolines"));
        assertThat(machine.systemVendor()).contains("QEMU");
        assertThat(machine.productName()).contains("Standard PC (Q35 + ICH9, 2009)");
        assertThat(machine.firmwareVersion()).contains("1.16.2");
    }

    @Test
    void leavesOutWhatTheKernelDoesNotSay() {
        assertThat(machine.kernelRelease()).isEmpty();
        assertThat(machine.cpuModel()).isEmpty();
        assertThat(machine.hypervisorFlag()).isEmpty();
        assertThat(machine.memory()).isEmpty();
        assertThat(machine.onlineCpus()).isEqualTo(CpuSet.NONE);
        assertThat(machine.vulnerabilities()).isEmpty();
        assertThat(machine.governor(0)).isEmpty();
        assertThat(machine.availableGovernors(0)).isEmpty();
        assertThat(machine.systemVendor()).isEmpty();
    }

    @Test
    void setsTheGovernorOfOneCpu() {
        fake.put("sys/devices/system/cpu/online", "0-2");
        for (int cpu : new int[] {0, 1}) {
            fake.put("sys/devices/system/cpu/cpu" + cpu + "/cpufreq/scaling_governor", "powersave")
                    .put(
                            "sys/devices/system/cpu/cpu" + cpu + "/cpufreq/scaling_available_governors",
                            "performance powersave");
        }

        machine.setGovernor(1, "performance");

        assertThat(machine.governors()).isEqualTo(Map.of(0, "powersave", 1, "performance"));
        assertThat(machine.availableGovernors(1)).containsExactly("performance", "powersave");
        assertThatThrownBy(() -> machine.setGovernor(2, "performance"))
                .isInstanceOfSatisfying(
                        SystemCallException.class,
                        refusal -> assertThat(refusal.errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    void readsTheMachineItRunsOn() {
        Machine real = new Machine();
        assertThat(real.kernelRelease()).contains(System.getProperty("os.version"));
        assertThat(real.onlineCpus().cpus()).isNotEmpty();
        assertThat(real.memory().orElseThrow()).isPositive();
    }
}
