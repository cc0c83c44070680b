package org.sluice.linux.pci;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.linux.LinuxException;
import org.sluice.linux.kernel.AttributeWriter;
import org.sluice.linux.kernel.Errno;

class SriovControlTest {
    private static final PciAddress PF = PciAddress.parse("0000:01:00.0");
    private static final Duration BOUND = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private FakeSysfs sysfs;
    private SriovControl control;

    @BeforeEach
    void unpack() throws IOException {
        sysfs = FakeSysfs.unpack("1-vfs4-nodrv", folder);
        control = new SriovControl(new PciTree(folder), sysfs, BOUND);
    }

    @Test
    void goesThroughZeroFromOneNumberToAnother() {
        control.setVfCount(PF, 7);
        assertThat(sysfs.writes()).containsExactly("sriov_numvfs 0", "sriov_numvfs 7");
    }

    @Test
    void doesNothingForTheSameNumberAndOneWriteForNone() {
        control.setVfCount(PF, 4);
        assertThat(sysfs.writes()).isEmpty();
        control.setVfCount(PF, 0);
        assertThat(sysfs.writes()).containsExactly("sriov_numvfs 0");
    }

    @ParameterizedTest
    @CsvSource({
        "ENOMEM, sriov.no-resources, Above 4G decoding",
        "EBUSY, sriov.busy, Take its VFs from all VMs",
        "ERANGE, sriov.too-many, NUM_OF_VFS",
        "ENOENT, sriov.no-driver, Bind the PF",
        "EACCES, sriov.forbidden, Run as root",
        "EIO, sriov.refused, dmesg"
    })
    void saysWhatEachErrorMeansAndWhatToDo(Errno errno, String code, String fix) {
        sysfs.refuse("sriov_numvfs", errno);
        assertThatThrownBy(() -> control.setVfCount(PF, 0)).isInstanceOfSatisfying(LinuxException.class, failure -> {
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure.sentence()).contains("0000:01:00.0").endsWith(".");
            assertThat(failure.fix()).contains(fix).endsWith(".");
        });
    }

    @Test
    void refusesMoreThanTheCardCanHaveWithoutAskingIt() {
        assertThatThrownBy(() -> control.setVfCount(PF, 8)).hasMessageContaining("7 VFs at most; 8 were asked for");
        assertThatThrownBy(() -> control.setVfCount(PF, -1)).hasMessageContaining("-1");
        assertThat(sysfs.writes()).isEmpty();
    }

    @Test
    void tellsAFunctionThatCannotHaveVfsFromOneThatIsNotThere() {
        assertThatThrownBy(() -> control.setVfCount(PciAddress.parse("0000:01:10.0"), 1))
                .hasMessageContaining("cannot have VFs");
        assertThatThrownBy(() -> control.setVfCount(PciAddress.parse("0000:77:00.0"), 1))
                .hasMessageContaining("There is no PCI function");
    }

    @Test
    void noticesADriverThatRaisesNoErrorAndDoesNothing() {
        SriovControl lazy = new SriovControl(new PciTree(folder), (_, _) -> {}, BOUND);
        assertThatThrownBy(() -> lazy.setVfCount(PF, 0)).hasMessageContaining("and it has 4");
    }

    @Test
    void givesUpOnADriverThatHangs() {
        CountDownLatch end = new CountDownLatch(1);
        AttributeWriter hanging = (_, _) -> {
            try {
                end.await();
            } catch (InterruptedException interruption) {
                Thread.currentThread().interrupt();
            }
        };
        SriovControl stuck = new SriovControl(new PciTree(folder), hanging, Duration.ofMillis(50));
        assertThatThrownBy(() -> stuck.setVfCount(PF, 0)).isInstanceOfSatisfying(LinuxException.class, failure -> {
            assertThat(failure.code()).isEqualTo("sysfs.hangs");
            assertThat(failure.sentence()).contains("0.05 seconds").contains("sriov_numvfs");
        });
        end.countDown();
    }

    @Test
    void switchesAutoprobeOnlyWhenItIsOtherwise() {
        boolean now = new PciTree(folder).physicalFunction(PF).orElseThrow().driversAutoprobe();
        control.setDriversAutoprobe(PF, now);
        assertThat(sysfs.writes()).isEmpty();
        control.setDriversAutoprobe(PF, !now);
        assertThat(new PciTree(folder).physicalFunction(PF).orElseThrow().driversAutoprobe())
                .isEqualTo(!now);
    }

    @Test
    void writesFilesOfTheRealKernelAndReportsItsNumber() throws IOException {
        Path file = Files.writeString(folder.resolve("attribute"), "long former content\n");
        AttributeWriter.kernel().write(file, "7");
        assertThat(file).hasContent("7");
        assertThatThrownBy(() -> AttributeWriter.kernel().write(folder.resolve("absent"), "7"))
                .hasMessageContaining("ENOENT");
    }
}
