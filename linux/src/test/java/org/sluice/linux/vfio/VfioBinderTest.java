package org.sluice.linux.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.kernel.Errno;
import org.sluice.linux.pci.FakeSysfs;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.PciFunction;
import org.sluice.linux.pci.PciTree;

class VfioBinderTest {
    private static final PciAddress VF = PciAddress.parse("0000:01:10.0");
    private static final Duration BOUND = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private FakeSysfs sysfs;
    private VfioBinder binder;

    @BeforeEach
    void unpack() throws IOException {
        sysfs = FakeSysfs.unpack("2-vfs4-igbvf-vlan", folder);
        binder = new VfioBinder(new PciTree(folder), sysfs, BOUND);
    }

    @Test
    void takesAFunctionFromItsDriverToVfioAndBack() {
        assertThat(binder.bind(VF).driver()).contains("vfio-pci");
        assertThat(sysfs.writes())
                .containsExactly("driver_override vfio-pci", "unbind 0000:01:10.0", "drivers_probe 0000:01:10.0");
        assertThat(binder.release(VF).driver()).contains("igbvf");
    }

    @Test
    void doesNothingTwice() {
        PciFunction first = binder.bind(VF);
        int writes = sysfs.writes().size();
        assertThat(binder.bind(VF)).isEqualTo(first);
        assertThat(sysfs.writes()).hasSize(writes);
    }

    @Test
    void givesAFunctionToANamedDriver() {
        binder.bind(VF);
        sysfs.writes().clear();
        assertThat(binder.bindTo(VF, "igbvf").driver()).contains("igbvf");
        assertThat(sysfs.writes())
                .containsExactly(
                        "driver_override igbvf",
                        "unbind 0000:01:10.0",
                        "drivers_probe 0000:01:10.0",
                        "driver_override ");
        assertThat(binder.bindTo(VF, "igbvf").driver()).contains("igbvf");
        assertThat(sysfs.writes()).hasSize(4);
        assertThat(binder.bindTo(VF, "vfio-pci").driver()).contains("vfio-pci");
        sysfs.refuseToBind();
        assertThatThrownBy(() -> binder.bindTo(VF, "igbvf")).hasMessageContaining("was offered to igbvf");
    }

    @Test
    void leavesAFunctionWithoutADriver() {
        assertThat(binder.detach(VF).driver()).isEmpty();
        assertThat(binder.detach(VF).driver()).isEmpty();
    }

    @Test
    void saysThatTheIommuIsOff() throws IOException {
        Files.delete(sysfs.function(VF.toString()).resolve("iommu_group"));
        assertThatThrownBy(() -> binder.bind(VF)).isInstanceOfSatisfying(LinuxException.class, failure -> {
            assertThat(failure.code()).isEqualTo("vfio.no-iommu");
            assertThat(failure.fix()).contains("VT-d or AMD-Vi");
        });
        assertThat(sysfs.writes()).isEmpty();

        sysfs.put("module/vfio/parameters/enable_unsafe_noiommu_mode", "Y");
        assertThat(binder.bind(VF).driver()).contains("vfio-pci");
    }

    @Test
    void saysThatTheModuleIsMissing() throws IOException {
        Files.delete(folder.resolve("bus/pci/drivers/vfio-pci"));
        assertThatThrownBy(() -> binder.bind(VF)).hasMessageContaining("vfio-pci is not loaded");
    }

    @Test
    void noticesThatTheDriverRefusedWhatTheProbeDidNotSay() {
        sysfs.refuseToBind();
        assertThatThrownBy(() -> binder.bind(VF))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.code()).isEqualTo("vfio.not-bound"));
    }

    @Test
    void reportsARefusedProbeAndAFunctionThatIsNotThere() {
        sysfs.refuse("drivers_probe", Errno.EINVAL);
        assertThatThrownBy(() -> binder.bind(VF)).hasMessageContaining("EINVAL").hasMessageContaining("0000:01:10.0");
        assertThatThrownBy(() -> binder.bind(PciAddress.parse("0000:77:00.0")))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.code()).isEqualTo("vfio.no-such-function"));
    }

    @Test
    void takesAFunctionThatLostItsDriverMeanwhile() {
        sysfs.refuse("unbind", Errno.ENODEV);
        assertThatThrownBy(() -> binder.bind(VF)).hasMessageContaining("is bound to igbvf");
        sysfs.refuse("unbind", Errno.EIO);
        assertThatThrownBy(() -> binder.detach(VF)).hasMessageContaining("EIO");
    }

    @Test
    void saysThatAFunctionIsInUseWhenUnbindingHangs() {
        CountDownLatch end = new CountDownLatch(1);
        AttributeWriter held = (attribute, value) -> {
            if (attribute.endsWith("unbind")) {
                try {
                    end.await();
                } catch (InterruptedException interruption) {
                    Thread.currentThread().interrupt();
                }
            } else {
                sysfs.write(attribute, value);
            }
        };
        VfioBinder waiting = new VfioBinder(new PciTree(folder), held, Duration.ofMillis(50));
        assertThatThrownBy(() -> waiting.release(VF))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.code()).isEqualTo("vfio.in-use"));
        end.countDown();
    }

    @Test
    void namesTheMembersThatKeepAGroupFromBeingUsed() throws IOException {
        assertThat(binder.groupBlockers(VF)).isEmpty();
        sysfs.link("kernel/iommu_groups/11/devices/0000:01:00.0", "../../../../bus/pci/devices/0000:01:00.0");
        assertThat(binder.groupBlockers(VF))
                .extracting(PciFunction::address)
                .containsExactly(PciAddress.parse("0000:01:00.0"));
    }

    @Test
    void resetsAFunctionThatCanBeReset() throws IOException {
        binder.reset(VF);
        assertThat(sysfs.writes()).containsExactly("reset 1");
        Files.delete(sysfs.function(VF.toString()).resolve("reset"));
        assertThatThrownBy(() -> binder.reset(VF)).hasMessageContaining("no reset of its own");
    }
}
