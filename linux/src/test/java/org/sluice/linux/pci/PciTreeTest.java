package org.sluice.linux.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.LinuxException;

class PciTreeTest {
    private static final PciAddress PF = PciAddress.parse("0000:01:00.0");

    @TempDir
    private Path folder;

    @Test
    void readsPfsBeforeThereAreVfs() throws IOException {
        PciTree tree = new PciTree(FakeSysfs.unpack("0-before", folder).root());

        assertThat(tree.physicalFunctions())
                .extracting(PhysicalFunction::address)
                .containsExactly(PF, PciAddress.parse("0000:02:00.0"));
        PhysicalFunction pf = tree.physicalFunction(PF).orElseThrow();
        assertThat(pf.totalVfs()).isEqualTo(7);
        assertThat(pf.vfCount()).isZero();
        assertThat(pf.virtualFunctions()).isEmpty();
        assertThat(pf.serial()).isEmpty();
        assertThat(pf.driversAutoprobe()).isTrue();
        assertThat(pf.function().id()).hasToString("8086:10c9");
        assertThat(pf.function().driver()).contains("igb");
        assertThat(pf.function().numaNode()).isEqualTo(-1);
        assertThat(pf.function().classCode()).isEqualTo(0x020000);
        assertThat(pf.function().networkDevice())
                .contains(new PciNetworkDevice("eth0", "52:54:00:aa:00:01", 0, "", ""));
    }

    @Test
    void readsVfsWithoutADriver() throws IOException {
        PciTree tree = new PciTree(FakeSysfs.unpack("1-vfs4-nodrv", folder).root());

        PhysicalFunction pf = tree.physicalFunction(PF).orElseThrow();
        assertThat(pf.vfCount()).isEqualTo(4);
        VirtualFunction first = pf.virtualFunctions().getFirst();
        assertThat(first.index()).isZero();
        assertThat(first.physicalFunction()).isEqualTo(PF);
        assertThat(first.function().address()).hasToString("0000:01:10.0");
        assertThat(first.function().id()).hasToString("8086:10ca");
        assertThat(first.function().subsystem()).hasToString("1af4:1100");
        assertThat(first.function().driver()).isEmpty();
        assertThat(first.function().networkDevices()).isEmpty();
        assertThat(tree.physicalFunctionOf(first.function().address())).contains(PF);
        assertThat(tree.physicalFunction(first.function().address())).isEmpty();
    }

    @Test
    void readsVfsOnAHostDriverAndOnVfio() throws IOException {
        PciTree host = new PciTree(
                FakeSysfs.unpack("2-vfs4-igbvf-vlan", folder.resolve("2")).root());
        PciFunction onHost = host.function(PciAddress.parse("0000:01:10.0")).orElseThrow();
        assertThat(onHost.driver()).contains("igbvf");
        assertThat(onHost.networkDevices()).extracting(PciNetworkDevice::name).containsExactly("eth3");
        assertThat(onHost.iommuGroup()).hasValue(11);
        assertThat(host.iommuGroupMembers(11)).containsExactly(onHost.address());

        PciTree vfio = new PciTree(
                FakeSysfs.unpack("3-vfio-in-use", folder.resolve("3")).root());
        assertThat(vfio.function(PciAddress.parse("0000:01:10.0")).orElseThrow().driver())
                .contains("vfio-pci");
    }

    @Test
    void readsOnlyTheVfsThatAreThereWhileTheKernelIsMakingThem() throws IOException {
        FakeSysfs sysfs = FakeSysfs.unpack("1-vfs4-nodrv", folder);
        Path function = sysfs.function(PF.toString());
        Files.delete(function.resolve("virtfn3"));
        Files.delete(function.resolve("virtfn0"));
        PhysicalFunction pf = new PciTree(folder).physicalFunction(PF).orElseThrow();

        assertThat(pf.vfCount()).isEqualTo(4);
        assertThat(pf.virtualFunctions()).extracting(VirtualFunction::index).doesNotContain(0, 3);
    }

    @Test
    void tellsAFunctionsOwnPortFromItsRepresentors() throws IOException {
        FakeSysfs sysfs = FakeSysfs.unpack("0-before", folder);
        String net = "bus/pci/devices/0000:01:00.0/net/";
        sysfs.put(net + "enp1s0f0r0/phys_port_name", "pf0vf0");
        sysfs.put(net + "aaa/phys_port_name", "vf1");
        sysfs.put(net + "eth0/phys_port_name", "p0");
        PciFunction function = new PciTree(folder).function(PF).orElseThrow();

        assertThat(function.networkDevices()).hasSize(3);
        assertThat(function.networkDevice()).map(PciNetworkDevice::name).contains("eth0");
    }

    @Test
    void readsTheSerialNumberFromVitalProductData() throws IOException {
        FakeSysfs sysfs = FakeSysfs.unpack("0-before", folder);
        byte[] vpd = {
            (byte) 0x82, 2, 0, 'N', 'C', (byte) 0x90, 11, 0, 'P', 'N', 2, '4', '2', 'S', 'N', 3, 'M', 'T', '7', 0x78
        };
        vpd[6] = 11;
        Files.write(sysfs.function(PF.toString()).resolve("vpd"), vpd);
        assertThat(new PciTree(folder).physicalFunction(PF).orElseThrow().serial())
                .contains("MT7");

        Files.write(sysfs.function(PF.toString()).resolve("vpd"), new byte[] {(byte) 0x90, 80, 0, 'S', 'N', 90});
        assertThat(new PciTree(folder).physicalFunction(PF).orElseThrow().serial())
                .isEmpty();
    }

    @Test
    void findsNothingWhereThereIsNothing() {
        PciTree tree = new PciTree(folder);
        assertThat(tree.physicalFunctions()).isEmpty();
        assertThat(tree.function(PF)).isEmpty();
        assertThat(tree.virtualFunctions(PF)).isEmpty();
        assertThat(tree.iommuGroupMembers(1)).isEmpty();
    }

    @Test
    void refusesNumbersThatAreNone() throws IOException {
        FakeSysfs.unpack("0-before", folder).put("bus/pci/devices/0000:01:00.0/sriov_totalvfs", "many");
        assertThatThrownBy(() -> new PciTree(folder).physicalFunction(PF))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        failure -> assertThat(failure.code()).isEqualTo("pci.malformed"));
    }

    @Test
    void readsAndWritesAddresses() {
        assertThat(PciAddress.parse("10000:E1:1f.7")).hasToString("10000:e1:1f.7");
        assertThat(PciAddress.parse("ffffffff:00:00.0").domain()).isEqualTo(0xFFFF_FFFFL);
        assertThat(PciAddress.parse("0000:01:10.0")).isLessThan(PciAddress.parse("10000:00:00.0"));
        for (String wrong : new String[] {"01:10.0", "0000:01:20.0", "0000:01:10.8", ""}) {
            assertThatThrownBy(() -> PciAddress.parse(wrong)).hasMessageContaining("is not a PCI address");
        }
    }
}
