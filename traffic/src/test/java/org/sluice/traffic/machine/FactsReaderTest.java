package org.sluice.traffic.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.linux.LinuxException;
import org.sluice.linux.ethtool.DriverInfo;
import org.sluice.linux.ethtool.Duplex;
import org.sluice.linux.machine.CpuSet;
import org.sluice.linux.namespace.NetworkNamespace;
import org.sluice.linux.net.Link;
import org.sluice.linux.net.LinkKind;
import org.sluice.linux.net.Links;
import org.sluice.linux.net.MacAddress;
import org.sluice.linux.net.XdpMode;
import org.sluice.linux.pci.PciAddress;
import org.sluice.linux.pci.PciFunction;
import org.sluice.linux.pci.PciId;

class FactsReaderTest {
    @TempDir
    private Path folder;

    @Test
    void readsTheMachine() {
        FakeMachine fake = new FakeMachine(folder)
                .put("proc/sys/kernel/osrelease", "6.12.43")
                .put("proc/cmdline", "quiet")
                .put("proc/cpuinfo", "model name\t: AMD EPYC 9554\nflags\t\t: fpu lm")
                .put("proc/meminfo", "MemTotal:       1024 kB")
                .put("sys/devices/system/cpu/online", "0-1")
                .put("sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "powersave")
                .put("sys/devices/system/cpu/vulnerabilities/meltdown", "Not affected")
                .put("sys/class/dmi/id/sys_vendor", "Supermicro");

        MachineFacts facts = new FactsReader(new Host(folder, fake)).machine();

        assertThat(facts.kernel()).contains("6.12.43");
        assertThat(facts.kernelBuild()).isEmpty();
        assertThat(facts.commandLine()).contains("quiet");
        assertThat(facts.cpuModel()).contains("AMD EPYC 9554");
        assertThat(facts.cpus()).isEqualTo(CpuSet.of(0, 1));
        assertThat(facts.governors()).isEqualTo(Map.of(1, "powersave"));
        assertThat(facts.mitigations()).isEqualTo(Map.of("meltdown", "Not affected"));
        assertThat(facts.memory()).hasValue(1024 * 1024);
        assertThat(facts.vendor()).contains("Supermicro");
        assertThat(facts.virtualised()).contains(false);
        assertThat(facts.jvm()).contains(System.getProperty("java.vm.version"));
        assertThat(facts.jvmFlags()).contains("-XX:+UseSerialGC");
    }

    @Test
    void knowsAHypervisorByTheFlagOrByTheMaker() {
        FakeMachine fake = new FakeMachine(folder);
        FactsReader reader = new FactsReader(new Host(folder, fake));
        assertThat(reader.machine().virtualised())
                .as("nothing says so, either way")
                .isEmpty();

        fake.put("proc/cpuinfo", "flags\t\t: fpu hypervisor lm");
        assertThat(reader.machine().virtualised()).contains(true);

        fake.put("proc/cpuinfo", "flags\t\t: fpu lm").put("sys/class/dmi/id/sys_vendor", "QEMU");
        assertThat(reader.machine().virtualised()).contains(true);
    }

    @Test
    void readsADeviceInANamespace() {
        assumeTrue("root".equals(System.getProperty("user.name")), "Making network namespaces needs root.");
        try (NetworkNamespace namespace = NetworkNamespace.createNameless();
                Links links = Links.in(namespace)) {
            links.createVeth("left", "right");
            links.setMac("left", MacAddress.parse("02:00:00:00:00:01"));
            links.setUp("left");
            FactsReader reader = new FactsReader(new Host());

            InterfaceFacts facts = reader.device(new Device("left", new Place.Held(namespace)));

            assertThat(facts.name()).isEqualTo("left");
            assertThat(facts.kind()).isEqualTo("veth");
            assertThat(facts.nature()).isEqualTo(Nature.VIRTUAL);
            assertThat(facts.mac()).isEqualTo(MacAddress.parse("02:00:00:00:00:01"));
            assertThat(facts.mtu()).isEqualTo(1500);
            assertThat(facts.up()).isTrue();
            assertThat(facts.carrier()).isFalse();
            assertThat(facts.driver()).map(DriverInfo::driver).contains("veth");
            assertThat(facts.pci()).isEmpty();
            assertThat(facts.bitsPerSecond()).hasValue(10_000_000_000L);
            assertThat(facts.duplex()).contains(Duplex.FULL);
            assertThat(facts.rings()).isEmpty();
            assertThat(facts.features()).contains("tx-generic-segmentation").isSorted();
            assertThat(facts.queueDiscipline()).contains("noqueue");
            assertThat(facts.coalescing()).isEmpty();
            assertThat(facts.xdp()).isEqualTo(XdpMode.NONE);

            InterfaceFacts loopback = reader.device(new Device("lo", new Place.Held(namespace)));
            assertThat(loopback.nature()).isEqualTo(Nature.VIRTUAL);
            assertThat(loopback.bitsPerSecond()).isEmpty();
            assertThatThrownBy(() -> reader.device(new Device("absent", new Place.Held(namespace))))
                    .isInstanceOfSatisfying(
                            LinuxException.class,
                            missing -> assertThat(missing.code()).isEqualTo("link.missing"));
        }
        assertThatThrownBy(() -> new FactsReader(new Host()).device(new Device("eth0", new Place.Named("absent"))))
                .isInstanceOfSatisfying(
                        LinuxException.class,
                        missing -> assertThat(missing.code()).isEqualTo("namespace.missing"));
    }

    @Test
    void tellsAnEmulatedCardFromOneThatMayBeReal() {
        Optional<DriverInfo> igb = Optional.of(new DriverInfo("igb", "", "", "0000:01:00.0"));
        Optional<DriverInfo> ice = Optional.of(new DriverInfo("ice", "", "", "0000:01:00.0"));
        Optional<String> qemu = Optional.of("QEMU");
        Optional<String> maker = Optional.of("Supermicro");

        assertThat(FactsReader.nature(card(), igb, function(0x1AF4), maker)).isEqualTo(Nature.EMULATED);
        assertThat(FactsReader.nature(card(), igb, function(0x8086), qemu)).isEqualTo(Nature.EMULATED);
        assertThat(FactsReader.nature(card(), igb, function(0x8086), maker)).isEqualTo(Nature.HARDWARE);
        assertThat(FactsReader.nature(card(), ice, function(0x8086), qemu))
                .as("a real card given to a VM")
                .isEqualTo(Nature.HARDWARE);
        assertThat(FactsReader.nature(card(), Optional.empty(), Optional.empty(), Optional.empty()))
                .isEqualTo(Nature.HARDWARE);
    }

    private static Optional<PciFunction> function(int subsystemVendor) {
        return Optional.of(new PciFunction(
                PciAddress.parse("0000:01:00.0"),
                new PciId(0x8086, 0x10C9),
                new PciId(subsystemVendor, 0x1100),
                0x020000,
                "igb",
                -1,
                -1,
                List.of()));
    }

    private static Link card() {
        return new Link(
                2,
                "eth0",
                List.of(),
                new LinkKind.Hardware(),
                MacAddress.ZERO,
                MacAddress.ZERO,
                1500,
                0,
                0,
                true,
                true,
                0,
                0,
                "pci",
                "0000:01:00.0",
                "",
                0,
                List.of());
    }
}
